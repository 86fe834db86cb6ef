"""English and native names of states that ISO 3166-2 lists under another name.

Written by hand. The table holds a code, a colon and the state's names, and a semicolon between states.
"""

from typing import Final

STATE_NAMES: Final = """
AD-07: Parròquia d'Andorra la Vella; AE-AJ: عجمان; AE-AZ: Abu Dhabi | أبو ظبي; AE-DU: Dubai | إمارة دبيّ |
دبي; AE-FU: Fujairah | الفجيرة; AE-RK: Ras al-Khaimah | إمارة رأس الخيمة | رأس الخيمة; AE-SH: Sharjah |
إمارة الشارقةّ | الشارقة; AE-UQ: Umm al-Quwain | ام القيوين; AF-NIM: Nimruz; AF-PAN: Panjshir;
AF-PIA: Paktia; AF-SAR: Sar-e Pol; AF-URU: Urozgan; AF-WAR: Maidan Wardak; AL-11: Tirana County;
AM-AG: Aragatsotn | Արագածոտն; AM-AR: Արարատ; AM-AV: Արմավիր; AM-ER: Yerevan | Երևան; AM-GR: Gegharkunik |
Գեղարքունիք; AM-KT: Կոտայք; AM-LO: Լոռի; AM-SH: Shirak | Շիրակ; AM-SU: Սյունիք; AM-TV: Tavush | Տավուշ;
AM-VD: Vayots Dzor | Վայոց ձոր; AO-MAL: Malanje; AT-2: Carinthia; AT-3: Lower Austria; AT-4: Upper Austria;
AT-6: Styria; AT-7: Tyrol; AT-9: Vienna; AZ-ABS: Absheron; AZ-AGC: Aghjabadi; AZ-AGS: Agdash; AZ-BA: Baku;
AZ-BAB: Babek; AZ-BEY: Beylagan; AZ-CAB: Jabrayil; AZ-CAL: Jalilabad; AZ-CUL: Julfa; AZ-DAS: Dashkasan;
AZ-FUZ: Fizuli; AZ-GA: Ganja; AZ-GOY: Goychay; AZ-HAC: Hajigabul; AZ-IMI: Imishli; AZ-ISM: Ismailli;
AZ-KAL: Kalbajar; AZ-KAN: Kangarli; AZ-LAC: Lachin; AZ-LAN: Lankaran District; AZ-MAS: Masally;
AZ-MI: Mingachevir; AZ-NEF: Neftchala; AZ-NV: Nakhchivan; AZ-NX: Nakhchivan AR; AZ-OGU: Oghuz; AZ-QAX: Qakh;
AZ-QAZ: Qazakh; AZ-QOB: Gobustan; AZ-SA: Shaki; AZ-SAH: Shahbuz; AZ-SAK: Shaki District; AZ-SAR: Sharur;
AZ-SAT: Saatly; AZ-SBN: Shabran; AZ-SIY: Siazan; AZ-SKR: Shamkir; AZ-SMI: Shamakhi; AZ-SMX: Samukh;
AZ-SR: Shirvan; AZ-SUS: Shusha; AZ-UCA: Ujar; AZ-XA: Stepanakert; AZ-XAC: Khachmaz; AZ-XCI: Khojali;
AZ-XIZ: Khizi; AZ-XVD: Khojavend; AZ-YAR: Yardymli; BA-BIH: Federation of Bosnia and Herzegovina;
BA-BRC: Brčko District; BD-03: Bogra; BD-08: Comilla; BD-22: Jessore; BD-25: Jhalokati; BD-29: Khagrachari;
BD-38: Maulvi Bazar; BD-41: Netrokona; BD-45: Nawabganj; BD-56: Rangamati Hill; BD-A: Barisal;
BD-B: Chittagong Division; BE-BRU: Brussels; BE-VAN: Antwerp; BE-VBR: Flemish Brabant; BE-VLG: Flanders;
BE-VOV: East Flanders; BE-VWV: West Flanders; BE-WAL: Wallonia; BE-WBR: Walloon Brabant; BH-13: Capital;
BH-14: Southern; BH-15: Muharraq; BH-17: Northern; BI-BM: Bujumbura; BJ-AK: Atakora; BJ-KO: Kouffo;
BO-B: Beni; BS-CK: Crooked Island; BS-EX: Exuma and Cays; BS-FP: Freeport; BS-NP: N.P.; BT-12: Chukha;
BT-42: Mongar; BT-44: Lhuntse; BY-BR: Brest; BY-HM: Minsk; BY-HO: Homel; BY-HR: Hrodna; BY-MA: Magileu;
BY-MI: Minsk Region; BY-VI: Vitebsk; CD-BC: Bas-Congo; CD-NK: North Kivu; CD-SK: South Kivu;
CF-KB: Nana-Grébizi; CF-KG: Kémo; CF-SE: Sangha-Mbaéré; CH-BE: Bern; CI-BS: Bas-Sassandra²;
CI-DN: Denguélé²; CI-LC: Lacs²; CI-LG: Lagunes²; CI-VB: Vallée du Bandama²; CI-ZZ: Zanzan²;
CL-AI: Aysén del General Carlos Ibáñez del Campo; CL-AR: Araucanía; CL-BI: Bío Bío;
CL-MA: Magallanes y de la Antártica Chilena; CL-RM: Santiago Metropolitan | Región Metropolitana;
CM-AD: Adamawa; CN-AH: Anhui; CN-BJ: Beijing; CN-CQ: Chongqing; CN-FJ: Fujian; CN-GD: Guangdong;
CN-GS: Gansu; CN-GX: Guangxi; CN-GZ: Guizhou; CN-HA: Henan; CN-HB: Hubei; CN-HE: Hebei; CN-HI: Hainan;
CN-HL: Heilongjiang; CN-HN: Hunan; CN-JL: Jilin; CN-JS: Jiangsu; CN-JX: Jiangxi; CN-LN: Liaoning;
CN-NX: Ningxia; CN-QH: Qinghai; CN-SC: Sichuan; CN-SD: Shandong; CN-SH: Shanghai; CN-SN: Shaanxi;
CN-SX: Shanxi; CN-TJ: Tianjin; CN-XJ: Xinjiang; CN-YN: Yunnan; CN-ZJ: Zhejiang;
CO-SAP: San Andrés & Providencia | San Andrés y Providencia; CU-03: Havana; CV-B: Barlavento Islands;
CV-S: Sotavento Islands; CY-01: Nicosia; CY-02: Limassol; CY-03: Larnaca; CY-04: Famagusta; CY-05: Paphos;
CY-06: Kyrenia; CZ-10: Prague, Hlavní mešto; CZ-20: Středočeský; CZ-209: Prague-East; CZ-20A: Prague-West;
CZ-31: Jihočeský; CZ-32: Plzeňský; CZ-323: Plzeň; CZ-324: Plzeň-South; CZ-325: Plzeň-North;
CZ-41: Karlovarský; CZ-42: Ústecký; CZ-51: Liberecký; CZ-52: Královéhradecký; CZ-53: Pardubický;
CZ-63: Vysočina; CZ-64: Jihomoravský; CZ-71: Olomoucký; CZ-72: Zlínský; CZ-80: Moravskoslezský;
CZ-806: Ostrava; DE-BY: Bavaria; DE-HE: Hesse; DE-NI: Lower Saxony; DE-NW: North Rhine-Westphalia;
DE-RP: Rhineland-Palatinate; DE-SN: Saxony; DE-ST: Saxony-Anhalt; DE-TH: Thuringia; DK-81: Northern Denmark;
DK-82: Central Denmark; DK-83: Southern Denmark; DK-84: Capital Region; DK-85: Zealand; DZ-11: Tamanghasset;
DZ-16: Algiers; DZ-42: Tipasa; EE-37: Harju; EE-39: Hiiu; EE-663: Rakvere²; EE-74: Saare; EE-796: Tartu²;
EE-897: Viljandi²; EE-899: Viljandi³; EE-917: Võru²; EG-ALX: Alexandria | الإسكندرية |
Alexandria Governorate; EG-ASN: أسوان; EG-AST: أسيوط; EG-BA: Red Sea | البحر الأحمر | Red Sea Governorate;
EG-BH: Beheira | البحيرة | El Beheira Governorate; EG-BNS: Beni Suef | بني سويف | Beni Suef Governorate;
EG-C: Cairo | القاهرة | Cairo Governorate; EG-DK: Dakahlia | الدقهلية | Dakahlia Governorate;
EG-DT: Damietta | دمياط | Damietta Governorate; EG-FYM: Faiyum | الفيوم | Faiyum Governorate;
EG-GH: Gharbia | الغربية | Gharbia Governorate; EG-GZ: Giza | الجيزة | Giza Governorate; EG-IS: Ismailia |
الإسماعيلية | Ismailia Governorate; EG-JS: South Sinai | جنوب سيناء | South Sinai Governorate;
EG-KB: Qalyubia | القليوبية | Qalyubia Governorate; EG-KFS: Kafr el-Sheikh | كفر الشيخ |
Kafr El Sheikh Governorate; EG-KN: Qena | قنا | Qena Governorate; EG-LX: Luxor | الأقصر | Luxor Governorate;
EG-MN: Minya | المنيا | Menia Governorate; EG-MNF: Monufia | المنوفية | Menofia Governorate;
EG-MT: Matrouh | مطروح | Matrouh Governorate; EG-PTS: Port Said | بورسعيد | Port Said Governorate;
EG-SHG: Sohag | سوهاج | Sohag Governorate; EG-SHR: Al Sharqia | الشرقية | Ash Sharqia Governorate;
EG-SIN: North Sinai | شمال سيناء | North Sinai Governorate; EG-SUZ: Suez | السويس | Suez Governorate;
EG-WAD: New Valley | الوادي الجديد | New Valley Governorate; ER-AN: Anseba; ER-DK: Southern Red Sea;
ER-DU: Debub; ER-GB: Gash-Barka; ER-MA: Maekel; ER-SK: Northern Red Sea; ES-A: Alacant; ES-BA: Badaxoz;
ES-BI: Biscay | Biscaia; ES-C: La Corunya | Coruña; ES-CA: Cadis; ES-CL: Castile and León;
ES-CM: Castile-La Mancha; ES-CN: Canary Islands; ES-CO: Kordoba; ES-CR: Cidade Real; ES-CS: Castelló;
ES-GC: As Palmas; ES-GI: Xirona; ES-J: Xaén; ES-MC: Murcia Region; ES-MD: Madrid Autonomous Community;
ES-MU: Murtzia; ES-NA: Nafarroa; ES-NC: Navarra Chartered Community; ES-P: Palentzia;
ES-PM: Balearic Islands | Balears Province | Illas Baleares; ES-SE: Seville; ES-SS: Guipúscoa;
ES-TF: Santa Cruz Tenerifekoa; ES-V: Valentzia; ES-VC: Valencian Community; ES-VI: Araba; ET-AM: Amhara;
ET-BE: Benishangul-Gumuz; ET-GA: Gambela; ET-HA: Harari; ET-TI: Tigray; FI-02: South Karelia;
FI-03: Southern Ostrobothnia; FI-04: Southern Savonia; FI-06: Tavastia Proper; FI-07: Central Ostrobothnia;
FI-08: Central Finland; FI-10: Lapland; FI-12: Ostrobothnia; FI-13: North Karelia;
FI-14: Northern Ostrobothnia; FI-15: Northern Savonia; FI-16: Päijänne Tavastia; FI-19: Southwest Finland;
FR-BFC: Burgundy-Franche-Comté; FR-BRE: Brittany; FR-IDF: Île-de-France²;
GB-ABC: Armagh, Banbridge and Craigavon; GB-ABE: Aberdeen; GB-AGY: Anglesey; GB-BFS: Belfast;
GB-DND: Dundee; GB-ELS: Outer Hebrides; GB-GLG: Glasgow; GB-RCT: Rhondda Cynon Taf; GB-ZET: Shetland;
GD-10: Carriacou and Petite Martinique; GE-AJ: Adjara; GL-KU: Kujalleq; GL-QE: Qeqqata; GL-SM: Sermersooq;
GM-W: West Coast Division; GN-GU: Guéckédou; GQ-BN: Bioko Norte; GQ-BS: Bioko Sur; GQ-C: Río Muni;
GQ-CS: Centro Sur; GQ-I: Insular; GQ-LI: Litoral; GR-69: Mount Athos; GR-A: East Macedonia and Thrace;
GR-B: Central Macedonia; GR-C: West Macedonia; GR-D: Epirus; GR-E: Thessaly; GR-F: Ionian Islands;
GR-G: West Greece; GR-H: Central Greece; GR-I: Attica; GR-J: Peloponnese; GR-K: North Aegean;
GR-L: South Aegean; GR-M: Crete; HN-IB: Bay Islands; HR-01: Zagreb County; HR-02: Krapina-Zagorje;
HR-03: Sisak-Moslavina; HR-04: Karlovac; HR-05: Varaždin; HR-06: Koprivnica-Križevci;
HR-07: Bjelovar-Bilogora; HR-08: Primorje-Gorski Kotar; HR-09: Lika-Senj; HR-10: Virovitica-Podravina;
HR-11: Požega-Slavonia; HR-12: Brod-Posavina; HR-13: Zadar; HR-14: Osijek-Baranja; HR-15: Šibenik-Knin;
HR-16: Vukovar-Syrmia; HR-17: Split-Dalmatia; HR-18: Istria; HR-19: Dubrovnik-Neretva; HR-20: Međimurje;
HR-21: Zagreb; HT-GA: Grand’Anse; HU-CS: Csongrád; ID-BB: Bangka–Belitung Islands; ID-JB: West Java;
ID-JI: East Java; ID-JK: Jakarta; ID-JT: Central Java; ID-JW: Java; ID-KB: West Kalimantan;
ID-KI: East Kalimantan; ID-KR: Riau Islands; ID-KS: South Kalimantan; ID-KT: Central Kalimantan;
ID-KU: North Kalimantan; ID-ML: Maluku Islands; ID-MU: North Maluku; ID-NB: West Nusa Tenggara;
ID-NT: East Nusa Tenggara; ID-NU: Lesser Sunda Islands; ID-PB: West Papua; ID-PP: Papua Islands;
ID-SA: North Sulawesi; ID-SB: West Sumatra; ID-SG: Southeast Sulawesi; ID-SM: Sumatra;
ID-SN: South Sulawesi; ID-SR: West Sulawesi; ID-SS: South Sumatra; ID-ST: Central Sulawesi;
ID-SU: North Sumatra; IE-C: Connacht; IE-CE: Co Clare; IE-CN: Co Cavan; IE-CO: Co Cork; IE-CW: Co Carlow;
IE-D: Co Dublin; IE-DL: Co Donegal; IE-G: Co Galway; IE-KE: Co Kildare; IE-KK: Co Kilkenny; IE-KY: Co Kerry;
IE-LD: Co Longford; IE-LH: Co Louth; IE-LK: Co Limerick; IE-LM: Co Leitrim; IE-LS: Co Laois;
IE-MH: Co Meath; IE-MN: Co Monaghan; IE-MO: Co Mayo; IE-OY: Co Offaly; IE-RN: Co Roscommon; IE-SO: Co Sligo;
IE-TA: Co Tipperary; IE-WD: Co Waterford; IE-WH: Co Westmeath; IE-WW: Co Wicklow; IE-WX: Co Wexford;
IL-D: Southern District; IL-HA: Haifa District; IL-JM: Jerusalem; IL-M: Central District;
IL-TA: Tel Aviv District; IL-Z: Northern District; IN-AN: Andaman & Nicobar | अंडमान और निकोबार द्वीपसमूह;
IN-AP: आंध्र प्रदेश; IN-AR: अरुणाचल प्रदेश; IN-AS: असम; IN-BR: बिहार; IN-CG: छत्तीसगढ़; IN-CH: चंडीगढ़;
IN-DH: दादरा और नगर हवेली और दमन और दिउ; IN-DL: दिल्ली; IN-GA: गोआ; IN-GJ: गुजरात; IN-HP: हिमाचल प्रदेश;
IN-HR: हरियाणा; IN-JH: झारखण्ड; IN-JK: जम्मू और कश्मीर; IN-KA: कर्नाटक; IN-KL: केरल; IN-LA: लद्दाख़;
IN-LD: लक्षद्वीप; IN-MH: महाराष्ट्र; IN-ML: मेघालय; IN-MN: मणिपुर; IN-MP: मध्य प्रदेश; IN-MZ: मिजोरम;
IN-NL: नागालैंड; IN-OD: ओड़िशा; IN-PB: पंजाब; IN-PY: पांडिचेरी; IN-RJ: राजस्थान; IN-SK: सिक्किम;
IN-TN: तमिल नाडु; IN-TR: त्रिपुरा; IN-TS: तेलंगाना; IN-UK: उत्तराखण्ड; IN-UP: उत्तर प्रदेश;
IN-WB: पश्चिम बंगाल; IQ-AR: Erbil; IQ-BA: Basra; IQ-BB: Babylon; IQ-DA: Dohuk; IQ-KR: Kurdistan;
IQ-NA: Najaf; IQ-NI: Nineveh; IQ-QA: Al-Qādisiyyah; IQ-SD: Saladin; IQ-SU: Sulaymaniyah; IR-00: استان مرکزی;
IR-01: استان گیلان; IR-02: استان مازندران; IR-05: استان کرمانشاه; IR-06: استان خوزستان; IR-07: استان فارس;
IR-08: استان کرمان; IR-13: استان همدان; IR-15: استان لرستان; IR-16: استان ایلام; IR-18: استان بوشهر;
IR-19: استان زنجان; IR-20: استان سمنان; IR-21: استان یزد; IR-22: استان هرمزگان; IR-23: استان تهران;
IR-24: استان اردبیل; IR-25: استان قم; IR-26: استان قزوین; IR-27: استان گلستان; IR-30: استان البرز;
IS-1: Capital; IS-2: Southern Peninsula; IS-3: Western; IS-4: Westfjords; IS-5: Northwestern;
IS-6: Northeastern; IS-7: Eastern; IS-8: Southern; IT-21: Piedmont; IT-23: Aosta Valley; IT-25: Lombardy;
IT-32: Trentino-South Tyrol; IT-52: Tuscany; IT-75: Apulia; IT-82: Sicily; IT-88: Sardinia;
IT-BZ: South Tyrol; IT-FI: Florence; IT-GE: Genoa; IT-MB: Monza and Brianza; IT-MI: Milan; IT-MN: Mantua;
IT-NA: Naples; IT-PD: Padua; IT-PU: Pesaro and Urbino; IT-RM: Rome; IT-SR: Syracuse; IT-TN: Trentino;
IT-TO: Turin; IT-VE: Venice; JO-AJ: Ajloun; JO-AM: Amman; JO-AQ: Aqaba; JO-AT: Tafilah; JO-AZ: Zarqa;
JO-BA: Balqa; JO-JA: Jerash; JO-KA: Karak; JO-MA: Mafraq; JP-01: 北海道; JP-02: 青森県 | 青森;
JP-03: 岩手県 | 岩手; JP-04: 宮城県 | 宮城; JP-05: 秋田県 | 秋田; JP-06: 山形県 | 山形; JP-07: 福島県 |
福島; JP-08: 茨城県 | 茨城; JP-09: 栃木県 | 栃木; JP-10: 群馬県 | 群馬; JP-11: 埼玉県 | 埼玉;
JP-12: 千葉県 | 千葉; JP-13: 東京都 | 東京; JP-14: 神奈川県 | 神奈川; JP-15: 新潟県 | 新潟; JP-16: 富山県 |
富山; JP-17: 石川県 | 石川; JP-18: 福井県 | 福井; JP-19: 山梨県 | 山梨; JP-20: 長野県 | 長野;
JP-21: 岐阜県 | 岐阜; JP-22: 静岡県 | 静岡; JP-23: 愛知県 | 愛知; JP-24: 三重県 | 三重; JP-25: 滋賀県 |
滋賀; JP-26: 京都府 | 京都; JP-27: 大阪府 | 大阪; JP-28: 兵庫県 | 兵庫; JP-29: 奈良県 | 奈良;
JP-30: 和歌山県 | 和歌山; JP-31: 鳥取県 | 鳥取; JP-32: 島根県 | 島根; JP-33: 岡山県 | 岡山; JP-34: 広島県 |
広島; JP-35: 山口県 | 山口; JP-36: 徳島県 | 徳島; JP-37: 香川県 | 香川; JP-38: 愛媛県 | 愛媛;
JP-39: 高知県 | 高知; JP-40: 福岡県 | 福岡; JP-41: 佐賀県 | 佐賀; JP-42: 長崎県 | 長崎; JP-43: 熊本県 |
熊本; JP-44: 大分県 | 大分; JP-45: 宮崎県 | 宮崎; JP-46: 鹿児島県 | 鹿児島; JP-47: 沖縄県 | 沖縄;
KE-30: Nairobi County; KG-GB: Bishkek; KG-Y: Issyk-Kul; KH-1: Banteay Meanchey; KH-10: Kratié;
KH-11: Mondulkiri; KH-14: Prey Veng; KH-15: Pursat; KH-16: Ratanakiri; KH-17: Siem Reap;
KH-18: Sihanoukville; KH-19: Stung Treng; KH-2: Battambang; KH-20: Svay Rieng; KH-21: Takéo;
KH-22: Oddar Meanchey; KH-23: Kep; KH-3: Kampong Cham; KH-5: Kampong Speu; KH-6: Kampong Thom; KH-8: Kandal;
KH-9: Koh Kong; KP-01: Pyongyang | 평양 직할시; KP-02: South Pyongan | 평안 남도; KP-03: North Pyongan |
평안 북도; KP-04: Chagang | 자강도; KP-05: South Hwanghae | 황해남도; KP-06: North Hwanghae | 황해북도;
KP-07: Kangwon | 강원도; KP-08: South Hamgyong | 함경 남도; KP-09: North Hamgyong | 함경 북도;
KP-10: Ryanggang | 량강도; KP-13: Rason | 라선 특별시; KR-11: Seoul | 서울특별시 | 서울; KR-26: Busan |
부산광역시 | 부산; KR-27: Daegu | 대구광역시 | 대구; KR-28: Incheon | 인천광역시 | 인천;
KR-29: Gwangju City | 광주광역시 | 광주 | Gwangju; KR-30: Daejeon | 대전광역시 | 대전; KR-31: Ulsan |
울산광역시 | 울산; KR-41: Gyeonggi | 경기도 | 경기; KR-42: Gangwon | 강원도 | 강원 | Gangwon-do;
KR-43: North Chungcheong | 충청북도 | 충북; KR-44: South Chungcheong | 충청남도 | 충남;
KR-45: North Jeolla | 전라북도 | 전북; KR-46: South Jeolla | 전라남도 | 전남; KR-47: North Gyeongsang |
경상북도 | 경북; KR-48: South Gyeongsang | 경상남도 | 경남; KR-49: Jeju | 제주특별자치도 | 제주 | Jeju-do;
KR-50: 세종특별자치시 | 세종; KW-MU: Mubarak Al-Kabeer; LA-AT: Attapeu; LA-BL: Bolikhamsai;
LA-HO: Houaphanh; LA-KH: Khammouane; LA-LM: Luang Namtha; LA-LP: Luang Prabang; LA-OU: Oudomxay;
LA-PH: Phongsaly; LA-VI: Vientiane Province; LA-XA: Sainyabuli; LA-XE: Sekong; LB-AS: North; LB-BA: Beirut;
LB-BH: Baalbek-Hermel; LB-BI: Beqaa; LB-JA: South; LB-JL: Mount Lebanon; LB-NA: Nabatieh; LK-45: Mullaitivu;
LK-82: Moneragala; LK-92: Kegalle; LS-B: Butha-Buthe; LT-15: Kauno Municipality; LT-17: Kazlų Rūda;
LT-20: Klaipėdos Municipality; LT-31: Palanga; LT-32: Panevėžio Municipality; LT-43: Šiaulių Municipality;
LT-57: Vilniaus Municipality; LT-AL: Alytus County; LT-KL: Klaipėda County; LT-KU: Kaunas County;
LT-MR: Marijampolė County; LT-PN: Panevėžys County; LT-SA: Šiauliai County; LT-TA: Tauragė County;
LT-TE: Telšiai County; LT-UT: Utena County; LT-VL: Vilnius County; LV-002: Aizkraukle; LV-007: Alūksne;
LV-011: Ādaži; LV-015: Balvi; LV-016: Bauska; LV-022: Cēsis; LV-026: Dobele; LV-033: Gulbene;
LV-041: Jelgava Municipality; LV-042: Jēkabpils Municipality; LV-047: Krāslava; LV-050: Kuldīga;
LV-052: Ķekava; LV-054: Limbaži; LV-056: Līvāni; LV-058: Ludza; LV-059: Madona; LV-062: Mārupe;
LV-067: Ogre; LV-068: Olaine; LV-073: Preiļi; LV-077: Rēzekne Municipality; LV-080: Ropaži;
LV-087: Salaspils; LV-088: Saldus; LV-089: Saulkrasti; LV-091: Sigulda; LV-094: Smiltene; LV-097: Talsi;
LV-099: Tukums; LV-101: Valka; LV-102: Varakļāni; LV-106: Ventspils Municipality; LY-BA: Benghazi;
LY-BU: Butnan; LY-DR: Derna; LY-JA: Jabal al Akhdar; LY-JG: Jabal al Gharbi; LY-JI: Jafara; LY-JU: Jufra;
LY-KF: Kufra; LY-MB: Murqub; LY-MI: Misrata; LY-MJ: Marj; LY-NQ: Nuqat al Khams; LY-SR: Sirte;
LY-TB: Tripoli; LY-WD: Wadi al Hayaa; LY-WS: Wadi al Shatii; LY-ZA: Zawiya;
MC-JE: Jardin Exotique de Monaco; MC-PH: Port Hercules; MC-SD: Sainte-Dévote Chapel; MD-SN: Transnistria;
MH-ALK: Ailuk Atoll; MH-ALL: Ailinglaplap Atoll; MH-AUR: Aur Atoll; MH-EBO: Ebon Atoll;
MH-ENI: Enewetak Atoll; MH-JAB: Jabat Island; MH-JAL: Jaluit Atoll; MH-KIL: Kili Island; MH-LAE: Lae Atoll;
MH-LIB: Lib Island; MH-LIK: Likiep Atoll; MH-MAL: Maloelap Atoll; MH-MEJ: Mejit Island; MH-MIL: Mili Atoll;
MH-NMK: Namdrik Atoll; MH-NMU: Namu Atoll; MH-RON: Rongelap Atoll; MH-UJA: Ujae Atoll; MH-UTI: Utirik Atoll;
MH-WTH: Wotho Atoll; MH-WTJ: Wotje Atoll; MM-18: Naypyidaw; MN-035: Orkhon; MN-037: Darkhan-Uul;
MN-039: Khentii; MN-041: Khövsgöl; MN-043: Khovd; MN-051: Sükhbaatar; MN-055: Övörkhangai; MN-057: Zavkhan;
MN-065: Govi-Altai; MN-069: Bayankhongor; MN-071: Bayan-Ölgii; MN-073: Arkhangai; MT-06: Cospicua;
MT-20: Senglea; MT-35: Imtarfa; MT-45: Victoria; MT-46: Rabat; MT-49: San Ġwann; MT-53: Santa Luċija;
MT-66: Żebbuġ; MU-AG: Agaléga; MU-BL: Rivière Noire; MU-CC: Cargados Carajos; MU-RO: Rodrigues;
MV-00: Alif Dhaal; MV-01: Addu; MV-02: Alif Alif; MV-03: Lhaviyani; MV-04: Vaavu; MV-05: Laamu;
MV-07: Haa Alif; MV-08: Thaa; MV-12: Meemu; MV-13: Raa; MV-14: Faafu; MV-17: Dhaalu; MV-20: Baa;
MV-23: Haa Dhaalu; MV-24: Shaviyani; MV-25: Noonu; MV-26: Kaafu; MV-27: Gaafu Alif; MV-28: Gaafu Dhaalu;
MV-29: Gnaviyani; MX-BCS: B.C.S.; MX-CAM: Camp.; MX-COL: Col.; MX-GRO: Gro.; MX-JAL: Jal.; MX-MEX: Méx.;
MX-MOR: Mor.; MX-NAY: Nay.; MX-OAX: Oax.; MX-SIN: Sin.; MX-SON: Son.; MX-TAB: Tab.; MX-VER: Ver.;
MX-YUC: Yuc.; MX-ZAC: Zac.; MZ-MPM: Cidade de Maputo; NG-FC: Federal Capital Territory;
NI-AN: Atlántico Norte | Región Autónoma de la Costa Caribe Norte; NI-AS: Atlántico Sur |
Región Autónoma de la Costa Caribe Sur; NL-FR: Friesland; NL-NB: North Brabant; NL-NH: North Holland;
NL-ZH: South Holland; NO-54: Tromssan ja Finmarkun; NP-P1: Province 1; NP-P3: Province 3; NP-P4: Gandaki²;
NP-P5: Province 5; NP-P6: Karnali²; NP-P7: Province 7; NR-05: Baiti | Baiti District; NZ-WGN: Wellington;
OM-BU: Al Buraimi; OM-MA: Muscat; OM-ZA: Ad Dhahirah; OM-ZU: Dhofar; PA-10: West Panamá; PA-NB: Ngöbe-Buglé;
PE-CAL: Callao; PE-CUS: Cuzco; PE-LIM: Gobierno Regional de Lima; PG-NCD: Port Moresby; PG-NPP: Oro;
PG-SAN: Sandaun; PH-00: Metro Manila; PH-14: Muslim Mindanao; PH-15: Cordillera Administrative;
PH-COM: Compostela Valley; PH-MDC: Occidental Mindoro; PH-MDR: Oriental Mindoro; PH-ZSI: Zamboanga Sibuguey;
PK-JK: Azad Kashmir; PL-02: Lower Silesia; PL-04: Kuyavia-Pomerania; PL-06: Lublin; PL-08: Lubusz;
PL-10: Łódź; PL-12: Lesser Poland; PL-14: Mazovia; PL-16: Opole; PL-18: Subcarpathia; PL-20: Podlachia;
PL-22: Pomerania; PL-24: Silesia; PL-26: Holy Cross; PL-28: Warmia-Masuria; PL-30: Greater Poland;
PL-32: West Pomerania; PS-DEB: Deir al-Balah; PS-JRH: Jericho; PS-RBH: Ramallah and al-Bireh; PT-11: Lisbon;
PT-20: Azores; QA-DA: Doha; QA-KH: Al Khor; QA-MS: Madinat ash Shamal; QA-RA: Al Rayyan; QA-ZA: Al Daayen;
RO-B: Bucharest; RS-01: North Bačka; RS-02: Central Banat; RS-03: North Banat; RS-04: South Banat;
RS-05: West Bačka; RS-06: South Bačka; RS-07: Srem; RS-08: Mačva; RS-09: Kolubara; RS-10: Podunavlje;
RS-11: Braničevo; RS-12: Šumadija; RS-13: Pomoravlje; RS-14: Bor; RS-15: Zaječar; RS-16: Zlatibor;
RS-17: Moravica; RS-18: Raška; RS-19: Rasina; RS-20: Nišava; RS-21: Toplica; RS-22: Pirot; RS-23: Jablanica;
RS-24: Pčinja; RS-25: Kosovo; RS-26: Peć; RS-27: Prizren; RS-28: Kosovska Mitrovica;
RS-29: Kosovo-Pomoravlje; RU-AD: Adygea | Республика Адыгея; RU-AL: Республика Алтай | Altay Republits;
RU-ALT: Altai Krai | Алтайский край; RU-AMU: Amur | Амурская область; RU-ARK: Arkhangelsk |
Архангельская область; RU-AST: Astrakhan | Астраханская область; RU-BA: Республика Башкортостан |
Bashkortostan Republits; RU-BEL: Belgorod | Белгородская область; RU-BRY: Bryansk | Брянская область;
RU-BU: Buryat | Республика Бурятия | Buryatiya Republits; RU-CE: Chechen | Чеченская Республика |
Chechenskaya Republits; RU-CHE: Chelyabinsk | Челябинская область; RU-CHU: Chukotka Okrug |
Чукотский автономный округ | Chukotskiy; RU-CU: Chuvash | Чувашская Республика | Chuvashia;
RU-DA: Республика Дагестан | Dagestan Republits; RU-IN: Ingushetia | Республика Ингушетия |
Ingushetiya Republits; RU-IRK: Irkutsk | Иркутская область; RU-IVA: Ivanovo | Ивановская область;
RU-KAM: Kamchatka Krai | Камчатский край; RU-KB: Kabardino-Balkar | Кабардино-Балкарская Республика |
Kabardino-Balkarskaya Republits; RU-KC: Karachay-Cherkess | Карачаево-Черкесская Республика |
Karachaevo-Cherkesskaya Republits; RU-KDA: Krasnodar Krai | Краснодарский край; RU-KEM: Kemerovo |
Кемеровская область; RU-KGD: Kaliningrad | Калининградская область; RU-KGN: Kurgan | Курганская область;
RU-KHA: Khabarovsk Krai | Хабаровский край; RU-KHM: Khanty-Mansi | Ханты-Мансийский автономный округ;
RU-KIR: Kirov | Кировская область; RU-KK: Khakassia | Республика Хакасия | Khakasiya Republits;
RU-KL: Kalmykia | Республика Калмыкия; RU-KLU: Kaluga | Калужская область; RU-KO: Республика Коми |
Komi Republits; RU-KOS: Kostroma | Костромская область; RU-KR: Karelia | Республика Карелия |
Kareliya Republits; RU-KRS: Kursk | Курская область; RU-KYA: Krasnoyarsk Krai | Красноярский край;
RU-LEN: Leningrad | Ленинградская область; RU-LIP: Lipetsk | Липецкая область; RU-MAG: Magadan |
Магаданская область; RU-ME: Mari El | Республика Марий Эл; RU-MO: Mordovia | Республика Мордовия;
RU-MOS: Moscow Province | Московская область; RU-MOW: Moscow | Москва; RU-MUR: Murmansk |
Мурманская область; RU-NEN: Nenets | Ненецкий автономный округ | Nenetskiy; RU-NGR: Novgorod |
Новгородская область; RU-NIZ: Nizhny Novgorod | Нижегородская область; RU-NVS: Novosibirsk |
Новосибирская область; RU-OMS: Omsk | Омская область; RU-ORE: Orenburg | Оренбургская область;
RU-ORL: Oryol | Орловская область; RU-PER: Perm Krai | Пермский край; RU-PNZ: Penza | Пензенская область;
RU-PRI: Primorsky Krai | Приморский край; RU-PSK: Pskov | Псковская область; RU-ROS: Rostov |
Ростовская область; RU-RYA: Ryazan | Рязанская область; RU-SA: Sakha | Республика Саха (Якутия) |
Sakha (Yakutiya) Republits; RU-SAK: Sakhalin | Сахалинская область; RU-SAM: Samara | Самарская область;
RU-SAR: Saratov | Саратовская область; RU-SE: North Ossetia-Alania | Республика Северная Осетия-Алания |
Respublika Severnaya Osetiya-Alaniya; RU-SMO: Smolensk | Смоленская область; RU-SPE: Saint Petersburg |
Санкт-Петербург; RU-STA: Stavropol Krai | Ставропольский край; RU-SVE: Sverdlovsk | Свердловская область;
RU-TA: Республика Татарстан; RU-TAM: Tambov | Тамбовская область; RU-TOM: Tomsk | Томская область;
RU-TUL: Tula | Тульская область; RU-TVE: Tver | Тверская область; RU-TY: Tuva | Республика Тыва |
Tyva Republits; RU-TYU: Tyumen | Тюменская область; RU-UD: Udmurt | Республика Удмуртия |
Udmurtskaja Respublika; RU-ULY: Ulyanovsk | Ульяновская область; RU-VGG: Volgograd | Волгоградская область;
RU-VLA: Vladimir | Владимирская область; RU-VLG: Vologda | Вологодская область; RU-VOR: Voronezh |
Воронежская область; RU-YAN: Yamalo-Nenets Okrug | Ямало-Ненецкий автономный округ | Yamalo-Nenetskiy;
RU-YAR: Yaroslavl | Ярославская область; RU-YEV: Jewish | Еврейская автономная область |
Evreyskaya avtonomnaya oblast'; RU-ZAB: Zabaykalsky Krai | Забайкальский край; RW-01: Kigali;
SA-03: Al Madinah; SA-05: Al-Qassim; SA-08: Northern Borders; SA-09: Jizan; SB-CT: Honiara;
SC-13: Grand’Anse Mahé; SC-14: Grand’Anse Praslin; SC-16: La Rivière Anglaise; SC-20: Pointe La Rue;
SD-GD: Al Qadarif; SD-GK: West Kurdufan; SD-GZ: Al Jazirah; SD-KN: North Kurdufan; SD-KS: South Kurdufan;
SE-AB: Stockholm; SE-AC: Västerbotten; SE-BD: Norrbotten; SE-C: Uppsala; SE-D: Södermanland;
SE-E: Östergötland; SE-F: Jönköping; SE-G: Kronoberg; SE-H: Kalmar; SE-I: Gotland; SE-K: Blekinge;
SE-M: Skåne; SE-N: Halland; SE-O: Västra Götaland; SE-S: Värmland; SE-T: Örebro; SE-U: Västmanland;
SE-W: Dalarna; SE-X: Gävleborg; SE-Y: Västernorrland; SE-Z: Jämtland; SH-AC: Ascension Island;
SI-044: Kanal; SI-116: Sveti Jurij; SK-BC: Banská Bystrica; SK-BL: Bratislava; SK-KI: Košice; SK-NI: Nitra;
SK-PV: Prešov; SK-TA: Trnava; SK-TC: Trenčín; SK-ZI: Žilina; SM-07: San Marino; SO-AW: AD;
SO-BY: Bay, Somalia; SO-GA: GG; SO-GE: GD; SO-HI: Hiran | HR; SO-JD: Middle Juba; SO-JH: Lower Juba;
SO-MU: MD; SO-NU: Nugal | NG; SO-SA: SG; SO-SD: Middle Shebelle; SO-SH: Lower Shebelle; SO-SO: SL;
SO-TO: TG; SO-WO: WG; SV-CH: Calatenango; SY-DI: Damascus; SY-DR: Daraa; SY-DY: Deir ez-Zor; SY-HI: Homs;
SY-HL: Aleppo; SY-HM: Hama; SY-LA: Latakia; SY-QU: Quneitra; TD-BG: Bahr el Gazel; TD-ND: N’Djamena;
TH-10: กรุงเทพมหานคร; TH-11: สมุทรปราการ; TH-12: นนทบุรี; TH-13: ปทุมธานี; TH-14: พระนครศรีอยุธยา;
TH-15: อ่างทอง; TH-16: ลพบุรี; TH-17: สิงห์บุรี; TH-18: ชัยนาท; TH-19: สระบุรี; TH-20: ชลบุรี; TH-21: ระยอง;
TH-22: จันทบุรี; TH-23: ตราด; TH-24: ฉะเชิงเทรา; TH-25: ปราจีนบุรี; TH-26: นครนายก; TH-27: สระแก้ว;
TH-30: นครราชสีมา; TH-31: บุรีรัมย์; TH-32: สุรินทร์; TH-33: ศรีสะเกษ; TH-34: อุบลราชธานี; TH-35: ยโสธร;
TH-36: ชัยภูมิ; TH-37: อำนาจเจริญ; TH-38: จังหวัด บึงกาฬ; TH-39: หนองบัวลำภู; TH-40: ขอนแก่น;
TH-41: อุดรธานี; TH-42: เลย; TH-43: หนองคาย; TH-44: มหาสารคาม; TH-45: ร้อยเอ็ด; TH-46: กาฬสินธุ์;
TH-47: สกลนคร; TH-48: นครพนม; TH-49: มุกดาหาร; TH-50: เชียงใหม่; TH-51: ลำพูน; TH-52: ลำปาง;
TH-53: อุตรดิตถ์; TH-54: แพร่; TH-55: น่าน; TH-56: พะเยา; TH-57: เชียงราย; TH-58: แม่ฮ่องสอน;
TH-60: นครสวรรค์; TH-61: อุทัยธานี; TH-62: กำแพงเพชร; TH-63: ตาก; TH-64: สุโขทัย; TH-65: พิษณุโลก;
TH-66: พิจิตร; TH-67: เพชรบูรณ์; TH-70: ราชบุรี; TH-71: กาญจนบุรี; TH-72: สุพรรณบุรี; TH-73: นครปฐม;
TH-74: สมุทรสาคร; TH-75: สมุทรสงคราม; TH-76: เพชรบุรี; TH-77: ประจวบคีรีขันธ์; TH-80: นครศรีธรรมราช;
TH-81: กระบี่; TH-82: Phang Nga | พังงา; TH-83: ภูเก็ต; TH-84: สุราษฎร์ธานี; TH-85: ระนอง; TH-86: ชุมพร |
Chumpon; TH-90: สงขลา; TH-91: สตูล; TH-92: ตรัง; TH-93: พัทลุง | Phattalung; TH-94: ปัตตานี; TH-95: ยะลา;
TH-96: นราธิวาส; TH-S: Pattaya; TJ-GB: Gorno-Badakhshan; TL-OE: Oecusse; TN-12: Ariana; TN-14: Manouba;
TN-33: Kef; TV-NMG: Nanumanga; TW-CHA: 彰化縣; TW-CYI: 嘉義市 | Chiayi City; TW-CYQ: 嘉義縣; TW-HSQ: 新竹縣;
TW-HSZ: 新竹市 | Hsinchu City; TW-HUA: 花蓮縣; TW-ILA: 宜蘭縣; TW-KEE: 基隆市 | Keelung City;
TW-KHH: 高雄市 | Kaohsiung City; TW-MIA: 苗栗縣; TW-NAN: 南投縣; TW-NWT: 新北市 | New Taipei City;
TW-PEN: 澎湖縣; TW-PIF: 屏東縣; TW-TAO: 桃園市 | Taoyuan City; TW-TNN: 台南市 | Tainan City;
TW-TPE: 台北市 | Taipei City; TW-TTT: 台東縣; TW-TXG: 台中市 | Taichung City; TW-YUN: 雲林縣;
TZ-06: North Pemba; TZ-10: South Pemba; TZ-11: Zanzibar Central/South; TZ-15: Zanzibar Urban/West;
TZ-19: Pwani; UA-05: Vinnychchyna | Вінницька область; UA-07: Volyn | Волинська область;
UA-09: Luhanshchyna | Луганська область; UA-12: Dnipropetrovshchyna | Дніпропетровська область |
Dnipropetrovsk oblast; UA-14: Donechchyna | Донецька область | Donetsk oblast; UA-18: Zhytomyrshchyna |
Житомирська область; UA-21: Zakarpattia | Закарпатська область; UA-23: Zaporizhzhya | Запорізька область;
UA-26: Prykarpattia | Івано-Франківська область; UA-30: місто Київ | Київ; UA-32: Kyivshchyna |
Київська область; UA-35: Kirovohradschyna | Кіровоградська область; UA-40: місто Севастополь | Севастополь |
Sevastopol' city; UA-43: Crimea | Автономна Республіка Крим; UA-46: Lvivshchyna | Львівська область |
Lviv oblast; UA-48: Mykolayivschyna | Миколаївська область; UA-51: Odeshchyna | Одеська область |
Odessa oblast; UA-53: Poltavshchyna | Полтавська область; UA-56: Rivnenshchyna | Рівненська область;
UA-59: Sumshchyna | Сумська область; UA-61: Ternopilshchyna | Тернопільська область; UA-63: Kharkivshchyna |
Харківська область | Kharkiv oblast; UA-65: Khersonshchyna | Херсонська область; UA-68: Khmelnychchyna |
Хмельницька область; UA-71: Cherkashchyna | Черкаська область; UA-74: Chernihivshchyna |
Чернігівська область; UA-77: Chernivtsi Oblast | Чернівецька область; UM-71: Midway Atoll; UZ-AN: Andijan;
UZ-BU: Bukhara; UZ-FA: Fergana; UZ-JI: Jizzakh; UZ-QR: Karakalpakstan; UZ-TK: Tashkent;
UZ-TO: Tashkent Province; VE-A: Distrito Federal; VE-W: Federal Dependencies; VE-X: Vargas;
VN-09: Lang Song Province; VN-CT: Can Tho City; VN-DN: Da Nang City; VN-HP: Haiphong City;
VN-SG: Thành phố Hồ Chí Minh; YE-DA: Dhale; YE-HD: Hadramaut; YE-SN: Sana’a; YE-TA: Taiz
"""
"""ISO 3166-2 code, and names beside the one in ISO."""
