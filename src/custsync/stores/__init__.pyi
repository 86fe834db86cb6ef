from custsync.stores import memory as memory, sqlite as sqlite
