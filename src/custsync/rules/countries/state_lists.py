"""What the lists of NetSuite and of national posts have beside ISO 3166-2: counties, military states.

Written by hand, in the form of `state_names`: short names and older names too. A place that ISO does not list
has the short name of its list behind the hyphen, and its first name here is its name.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STATE_LISTS: Final = """
AR-C: Capital Federal | CABA | Ciudad de Buenos Aires | Autonomous City of Buenos Aires | Buenos Aires City;
AT-3: NÖ; AT-4: OÖ; AU-ACT: Canberra; AU-JBT: Jervis Bay Territory; AU-QLD: Q'ld; BE-BRU: Brussels-Capital |
Brussels Capital Region | Bruxelles | Brussel; BE-VAN: Anvers; BR-DF: Brasília; CA-AB: Alta.;
CA-BC: Colombie-Britannique; CA-MB: Man.; CA-NB: Nouveau-Brunswick; CA-NL: Newfoundland | NF | NFLD |
Labrador | Terre-Neuve-et-Labrador; CA-NS: Nouvelle-Écosse; CA-NT: NWT | Territoires du Nord-Ouest;
CA-ON: Ont.; CA-PE: PEI | Île-du-Prince-Édouard; CA-QC: PQ | Que.; CA-SK: Sask.; CA-YT: YK;
CH-BL: Basel-Land | Baselland; CH-FR: Freiburg; CH-GE: Geneva | Genf | Ginevra; CH-GR: Grisons | Grigioni;
CH-LU: Lucerne; CH-NE: Neuenburg; CH-SG: Saint Gallen; CH-TI: Tessin; CH-VD: Waadt; CH-VS: Wallis;
CL-AI: Aysén; CL-LI: O'Higgins; CL-MA: Magallanes y Antártica Chilena; CL-RM: Metropolitana | Santiago;
CN-AH: 安徽 | 安徽省 | Anhui Province; CN-BJ: 北京 | 北京市; CN-CQ: 重庆 | 重庆市; CN-FJ: 福建 | 福建省 |
Fujian Province; CN-GD: 广东 | 广东省 | Guangdong Province; CN-GS: 甘肃 | 甘肃省 | Gansu Province;
CN-GX: 广西壮族自治区 | 广西 | Guangxi A. R. | Guangxi Zhuangzuzizhiqu | Guangxi Zhuang; CN-GZ: 贵州 |
贵州省 | Guizhou Province; CN-HA: 河南 | 河南省 | Henan Province; CN-HB: 湖北 | 湖北省 | Hubei Province;
CN-HE: 河北 | 河北省 | Hebei Province; CN-HI: 海南 | 海南省 | Hainan Province; CN-HK: 香港 | Hong Kong;
CN-HL: 黑龙江 | 黑龙江省 | Heilongjiang Province; CN-HN: 湖南 | 湖南省 | Hunan Province; CN-JL: 吉林 |
吉林省 | Jilin Province; CN-JS: 江苏 | 江苏省 | Jiangsu Province; CN-JX: 江西 | 江西省 | Jiangxi Province;
CN-LN: 辽宁 | 辽宁省 | Liaoning Province; CN-MO: 澳门 | Macau; CN-NM: 内蒙古 | 内蒙古自治区 |
Neimenggu A. R. | Nei Mongol | Nei Menggu | Neimenggu | Neimenggu Zizhiqu | Inner Mongolia;
CN-NX: 宁夏回族自治区 | 宁夏 | Ningxia A. R. | Ningxia Huizuzizhiqu | Ningxia Hui; CN-QH: 青海 | 青海省 |
Qinghai Province; CN-SC: 四川 | 四川省 | Sichuan Province; CN-SD: 山东 | 山东省 | Shandong Province;
CN-SH: 上海 | 上海市; CN-SN: 陕西 | 陕西省 | Shaanxi Province; CN-SX: 山西 | 山西省 | Shanxi Province;
CN-TJ: 天津 | 天津市; CN-TW: 台湾 | Taiwan; CN-XJ: 新疆维吾尔族自治区 | 新疆维吾尔自治区 | 新疆 |
Xinjiang A. R. | Xinjiang Weiwuerzizhiqu | Xinjiang Uyghur; CN-XZ: 西藏藏族自治区 | 西藏自治区 | 西藏 |
Xizang A. R. | Xizang | Tibet; CN-YN: 云南 | 云南省 | Yunnan Province; CN-ZJ: 浙江 | 浙江省 |
Zhejiang Province; CO-DC: Bogotá | Bogotá D.C. | Capital District; CZ-10: Prague; DE-BW: BaWü | BaWue |
Ba-Wü; DE-HB: Freie Hansestadt Bremen; DE-HH: Freie und Hansestadt Hamburg; DE-MV: Meck-Pomm |
Mecklenburg-Western Pomerania; DE-NW: NRW | N.R.W.; DE-RP: RLP; DK-81: North Denmark;
DK-84: Capital Region of Denmark; ES-AN: Andalusia; ES-AS: Principality of Asturias; ES-BI: Vizcaya;
ES-CT: Catalonia; ES-EX: Estremadura; ES-IB: Balearic Islands; ES-MC: Region of Murcia;
ES-MD: Community of Madrid; ES-NA: Navarre | Navarra; ES-NC: Navarre | Navarra; ES-PM: Baleares;
ES-PV: Euskadi | Basque Country; ES-SS: Guipúzcoa; ES-TF: Tenerife; FR-20R: COR | Corsica; FR-75C: 75;
FR-971: GP; FR-972: MQ; FR-973: GF | French Guiana; FR-974: RE | Réunion; FR-976: YT; FR-NOR: Normandy;
FR-PAC: PACA; FR-PF: French Polynesia | Polynésie; FR-PM: Saint Pierre and Miquelon;
FR-WF: Wallis and Futuna; GB-Argyll: Argyll; GB-Avon: Avon; GB-Ayrshire: Ayrshire; GB-BKM: Bucks.;
GB-Banffshire: Banffshire; GB-Beds.: Bedfordshire; GB-Berks.: Berkshire; GB-Berwickshire: Berwickshire;
GB-CAM: Cambs.; GB-Caithness: Caithness; GB-Ches.: Cheshire; GB-Cleveland: Cleveland; GB-Clwyd: Clwyd;
GB-Co Antrim: County Antrim | Antrim | Co. Antrim; GB-Co Armagh: County Armagh | Armagh | Co. Armagh;
GB-Co Down: County Down | Down | Co. Down; GB-Co Fermanagh: County Fermanagh | Fermanagh | Co. Fermanagh;
GB-Co Londonderry: County Londonderry | Londonderry | Co. Londonderry | County Derry;
GB-Co Tyrone: County Tyrone | Tyrone | Co. Tyrone; GB-DBY: Derbys.; GB-DUR: Co Durham;
GB-Dumfriesshire: Dumfriesshire; GB-Dunbartonshire: Dunbartonshire; GB-Dyfed: Dyfed; GB-ELN: E Lothian;
GB-ESX: E Sussex; GB-GLS: Gloucs. | Glos.; GB-Greater Manchester: Greater Manchester; GB-Gwent: Gwent;
GB-HAM: Hants.; GB-HEF: Hereford; GB-HRT: Herts.; GB-Humberside: Humberside; GB-IOW: I.O.W.;
GB-Inverness-shire: Inverness-shire; GB-Isle of Arran: Isle of Arran; GB-Isle of Barra: Isle of Barra;
GB-Isle of Benbecula: Isle of Benbecula; GB-Isle of Bute: Isle of Bute; GB-Isle of Canna: Isle of Canna;
GB-Isle of Coll: Isle of Coll; GB-Isle of Colonsay: Isle of Colonsay; GB-Isle of Cumbrae: Isle of Cumbrae;
GB-Isle of Eigg: Isle of Eigg; GB-Isle of Gigha: Isle of Gigha; GB-Isle of Harris: Isle of Harris;
GB-Isle of Iona: Isle of Iona; GB-Isle of Islay: Isle of Islay; GB-Isle of Jura: Isle of Jura;
GB-Isle of Lewis: Isle of Lewis; GB-Isle of Mull: Isle of Mull; GB-Isle of North Uist: Isle of North Uist;
GB-Isle of Rum: Isle of Rum; GB-Isle of Scalpay: Isle of Scalpay; GB-Isle of Skye: Isle of Skye;
GB-Isle of South Uist: Isle of South Uist; GB-Isle of Tiree: Isle of Tiree;
GB-Kincardineshire: Kincardineshire; GB-Kinross-shire: Kinross-shire;
GB-Kirkcudbrightshire: Kirkcudbrightshire; GB-LAN: Lancs.; GB-LEC: Leics.; GB-LIN: Lincs.;
GB-LND: Greater London; GB-Lanarkshire: Lanarkshire; GB-M Glam: Mid Glamorgan; GB-MLN: Mid Lothian;
GB-Merseyside: Merseyside; GB-Middx.: Middlesex; GB-Morayshire: Morayshire;
GB-N Humberside: North Humberside; GB-NTT: Notts.; GB-NYK: N Yorkshire | N. Yorks | North Yorks;
GB-Nairnshire: Nairnshire; GB-Northants.: Northamptonshire; GB-OXF: Oxon.; GB-Peeblesshire: Peeblesshire;
GB-Perthshire: Perthshire; GB-Ross-shire: Ross-shire; GB-Roxburghshire: Roxburghshire;
GB-S Glam: South Glamorgan; GB-S Humberside: South Humberside; GB-S Yorkshire: South Yorkshire |
S. Yorkshire | South Yorks | S. Yorks; GB-SHR: Shrops | Salop; GB-SOM: Somt.; GB-STS: Staffs.;
GB-Selkirkshire: Selkirkshire; GB-Stirlingshire: Stirlingshire; GB-Sutherland: Sutherland;
GB-Tyne & Wear: Tyne and Wear; GB-W Glam: West Glamorgan; GB-W Midlands: West Midlands | W. Midlands;
GB-W Yorkshire: West Yorkshire | W. Yorkshire | West Yorks | W. Yorks; GB-WAR: Warks; GB-WIL: Wilts;
GB-WLN: W Lothian; GB-WOR: Worcs; GB-WSX: W Sussex; GB-Wigtownshire: Wigtownshire;
HK-Hong Kong Island: Hong Kong Island | 香港島; HK-Kowloon: Kowloon | 九龍;
HK-New Territories: New Territories | 新界; ID-AC: Nanggroe Aceh Darussalam; ID-BB: Bangka Belitung;
ID-JK: DKI Jakarta; ID-MA: Maluku; ID-PA: Papua; ID-YO: Daerah Istimewa Yogyakarta |
Special Region of Yogyakarta | DI Yogyakarta; IL-D: Southern; IL-HA: Haifa; IL-M: Central; IL-TA: Tel Aviv;
IL-Z: Northern; IN-CG: CT | Chattisgarh | Chhatisgarh; IN-DH: DN | DD | Dadra and Nagar Haveli |
Daman and Diu; IN-DL: New Delhi | NCT of Delhi; IN-JK: J&K; IN-KA: Karnatka; IN-MH: Maharastra; IN-OD: OR |
Orissa; IN-PY: Pondicherry; IN-TS: TG | Telengana; IN-UK: UT | UA | UL | Uttaranchal;
IR-03: East Azerbaijan | East Azerbaijan Province; IR-04: West Azerbaijan | West Azerbaijan Province;
IR-09: Razavi Khorasan; IR-10: Isfahan; IR-11: Sistan and Baluchestan | Sistan and Baluchistan;
IR-12: Kurdistan; IR-14: Chaharmahal and Bakhtiari; IR-17: Kohgiluyeh and Boyer-Ahmad;
IR-28: North Khorasan; IR-29: South Khorasan; IT-23: AO | Aosta; KR-50: Sejong-si | Sejong City;
KZ-10: Abai; KZ-11: Akmola | Aqmola; KZ-15: Aktobe; KZ-19: Almaty Region; KZ-23: Atyrau;
KZ-27: West Kazakhstan; KZ-31: Jambyl | Zhambyl; KZ-33: Jetisu; KZ-35: Karaganda | Karagandy;
KZ-39: Kostanay; KZ-43: Kyzylorda; KZ-47: Mangystau | Mangistau; KZ-59: North Kazakhstan; KZ-61: Turkestan |
Turkistan; KZ-62: Ulytau; KZ-63: East Kazakhstan; MX-AGU: AGS; MX-BCN: BC | Baja California Norte |
Baja California Norte (obsolete); MX-CHH: CHIH; MX-CHP: CHIS; MX-CMX: CDMX | DF | México D.F. |
Distrito Federal | Distrito Federal (obsolete) | Mexico City; MX-COA: COAH | Coahuila; MX-DUR: DGO;
MX-GUA: GTO; MX-HID: HGO; MX-JAL: JA; MX-MEX: México (Estado de) | Edo. de México | Edomex | Edo. Mex. |
Edo Mex; MX-MIC: MICH | Michoacán; MX-NLE: NL; MX-PUE: Pue.; MX-QUE: QRO | Querétaro de Arteaga;
MX-ROO: QROO | QR | Q. Roo; MX-SLP: S.L.P.; MX-TAM: TAMPS; MX-TLA: TLAX; MX-VER: Veracruz; MX-YUC: YUCA;
MY-01: JHR | Johore; MY-02: KDH; MY-03: KTN; MY-04: MLK | Malacca; MY-05: NSN; MY-06: PHG; MY-07: PNG |
Penang; MY-08: PRK; MY-09: PLS; MY-10: SGR; MY-11: TRG; MY-12: SBH; MY-13: SWK; MY-14: KUL | Kuala Lumpur |
KL; MY-15: LBN | Labuan; MY-16: PJY | Putrajaya; NZ-MWT: Manawatu-Wanganui; PE-LMA: Lima Metropolitana;
PL-14: Masovian; PT-20: Açores; PT-30: Madeira; RU-AL: Gorno-Altay; RU-BU: Buryatia; RU-CHU: Chukotka |
Chukotka Autonomous Okrug; RU-KAM: Kamchatka; RU-KDA: Krasnodar; RU-KHA: Khabarovsk;
RU-KHM: Khanty-Mansi Autonomous Okrug - Yugra | Yugra; RU-KYA: Krasnoyarsk; RU-MOS: Moscow Oblast |
Moscow Region; RU-MOW: Moscow City; RU-PER: Perm; RU-PRI: Primorsky | Primorye; RU-SA: Yakutia |
Sakha (Yakutia) Republic | Sakha (Yakutia); RU-SPE: Saint Petersburg City; RU-STA: Stavropol;
RU-YAN: Yamalo-Nenets | Yamal-Nenets; RU-ZAB: Zabaykalsky; SA-01: Riyadh; SA-02: Makkah | Mecca;
SA-03: Madinah | Medina; SA-04: Eastern Province | Eastern; TH-10: Bangkok | Krung Thep Mahanakhon |
Krung Thep; TR-03: Afyon; TW-KIN: 金門縣; TW-LIE: 連江縣; UA-30: Kyiv City | Kiev; UA-32: Kyiv Oblast |
Kyiv Region | Kiev Oblast; UA-43: Autonomous Republic of Crimea; US-AA: Armed Forces Americas |
Armed Forces (AA) | US Armed Forces Americas; US-AE: Armed Forces Europe | Armed Forces (AE) |
Armed Forces Africa | Armed Forces Canada | Armed Forces Middle East |
Armed Forces Europe, Middle East, and Canada; US-AL: Ala.; US-AP: Armed Forces Pacific | Armed Forces (AP);
US-AR: Ark.; US-AZ: Ariz.; US-CA: Calif. | Cal. | Cali; US-CO: Colo.; US-CT: Conn.; US-DC: Washington DC |
D.C.; US-DE: Del.; US-FL: Fla.; US-FM: Federated States of Micronesia | Micronesia; US-IL: Ill.;
US-IN: Ind.; US-KS: Kans. | Kan.; US-MA: Mass.; US-MH: Marshall Islands; US-MI: Mich.; US-MN: Minn.;
US-MP: Northern Marianas; US-MS: Miss.; US-MT: Mont.; US-NC: N. Carolina | No. Carolina; US-ND: N. Dak. |
No. Dakota | N. Dakota; US-NE: Nebr. | Neb.; US-NM: N. Mex.; US-NV: Nev.; US-OK: Okla.; US-OR: Ore.;
US-PA: Penna. | Penn.; US-PW: Palau; US-SC: S. Carolina | So. Carolina; US-SD: S. Dak. | So. Dakota |
S. Dakota; US-TN: Tenn.; US-TX: Tex.; US-UM: US Minor Outlying Islands; US-VI: United States Virgin Islands;
US-WA: Wash.; US-WI: Wis. | Wisc.; US-WV: W. Va. | W. Virginia; US-WY: Wyo.; VN-HN: Hanoi City;
VN-SG: Ho Chi Minh City | TP. Hồ Chí Minh | HCMC | Saigon | Sài Gòn; ZA-GP: GT; ZA-KZN: NL;
ZA-LP: Northern Province
"""
"""Code, and spellings beside ISO's name."""

STATE_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bundesland": "land",
        "canton": "canton",
        "county": "county",
        "departamento": "department",
        "department": "department",
        "departement": "department",
        "district": "district",
        "distrito": "district",
        "division": "division",
        "emirate": "emirate",
        "estado": "state",
        "freistaat": "land",
        "fu": "prefecture",
        "governorate": "governorate",
        "hansestadt": "land",
        "kanton": "canton",
        "ken": "prefecture",
        "krai": "administrative territory",
        "kray": "administrative territory",
        "land": "land",
        "megye": "county",
        "oblast": "region",
        "okrug": "autonomous district",
        "parish": "parish",
        "prefecture": "prefecture",
        "province": "province",
        "provincia": "province",
        "region": "region",
        "republic": "republic",
        "respublika": "republic",
        "state": "state",
        "territory": "territory",
        "to": "prefecture",
        "voivodeship": "voivodship",
        "woj": "voivodship",
        "wojewodztwo": "voivodship",
    }
)
"""A word beside a state's name, folded, and what ISO 3166-2 calls that type."""
