"""NetSuite's customer record in its surfaces: REST, SuiteQL, SOAP, RESTlet.

`REST`, `SUITEQL`, `SOAP` and `RESTLET` are systems of one name, `"netsuite"`: their references are the same,
only the shapes differ.
"""

from typing import TYPE_CHECKING

from custsync._parts import names_in

if TYPE_CHECKING:
    from custsync.systems.netsuite.common import NOT_CUSTOMERS
    from custsync.systems.netsuite.queries import QUERY, SUITEQL, suiteql
    from custsync.systems.netsuite.records import REST, SOAP
    from custsync.systems.netsuite.restlet import RESTLET
else:
    __getattr__ = names_in(__name__, "common", "records", "queries", "restlet")

__all__ = ["NOT_CUSTOMERS", "QUERY", "REST", "RESTLET", "SOAP", "SUITEQL", "suiteql"]
