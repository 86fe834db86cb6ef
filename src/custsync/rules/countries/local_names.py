"""Everyday names of countries in other languages, beside those of pycountry's catalogues.

Written by hand. Each table holds a code, a colon and the country's names, and a semicolon between countries.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

NOT_TAKEN: Final = frozenset({"columbia", "granada", "grenade", "guadalupe", "man", "norfolk", "salvador"})
"""Names of a country in some language that are a well-known city or county elsewhere."""

LOCAL_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cs": """
AE: SAE; AX: Ålandy; BQ: Karibské Nizozemsko; CD: Kongo – Kinshasa | Kongo (DRK);
CG: Kongo – Brazzaville | Kongo (republika); CV: Kapverdy; CZ: ČR; FK: Falklandské ostrovy |
Falklandské ostrovy (Malvíny); FM: Mikronésie; GB: Velká Británie | Anglie | Skotsko | Severní Irsko;
GF: Francouzská Guyana; HK: Hongkong – ZAO Číny; HM: Heardův ostrov a McDonaldovy ostrovy;
IO: Čagoské ostrovy; MF: Svatý Martin (Francie); MK: Makedonie; MM: Myanmar (Barma); MO: Macao – ZAO Číny;
NL: Holandsko; PM: Saint-Pierre a Miquelon; PS: Palestinská území | Palestina; RU: Rusko;
SH: Svatá Helena; SJ: Špicberky a Jan Mayen; SX: Svatý Martin (Nizozemsko); UM: Menší odlehlé ostrovy USA;
VA: Vatikán; ZA: Jižní Afrika | JAR
""",
        "da": """
AE: De Forenede Arabiske Emirater; BA: Bosnien | Bosnien og Hercegovina; CC: Cocosøerne;
CF: Den Centralafrikanske Republik; CZ: Den Tjekkiske Republik; DO: Den Dominikanske Republik;
FK: Falklandsøerne | Falklandsøerne (Islas Malvinas); FM: Mikronesien; GB: Skotland | Nordirland |
Det Forenede Kongerige; HK: SAR Hongkong; HM: Heard Island og McDonald Islands; IO: Chagosøerne;
KN: Saint Kitts og Nevis; KP: Nordkorea; KR: Sydkorea; MK: Makedonien; MO: SAR Macao; NL: Nederlandene;
PM: Saint Pierre og Miquelon; PS: De palæstinensiske områder | Palæstina; RU: Rusland; SY: Syrien;
TF: De Franske Besiddelser i Det Sydlige Indiske Ocean og Antarktis; TL: Østtimor; TR: Tyrkiet;
UM: Amerikanske oversøiske øer; US: De Forenede Stater; VA: Vatikanet; VC: Saint Vincent og Grenadinerne;
WF: Wallis og Futuna
""",
        "de": """
AE: VAE | Arabische Emirate; BA: Bosnien | Bosnien-Herzegowina; BQ: Karibische Niederlande;
BY: Weißrussland; CC: Kokosinseln; CD: Kongo-Kinshasa | DR Kongo; CG: Kongo-Brazzaville;
CI: Elfenbeinküste | Elfenbeinkueste; CK: Cook-Inseln; CN: VR China; CV: Kapverden | Kapverdische Inseln;
CX: Weihnachtsinsel; CZ: Tschechei; DE: BRD; EA: Ceuta und Melilla; FK: Falklandinseln; FM: Mikronesien;
FO: Färöer; GB: Großbritannien | Schottland | Nordirland |
Vereinigtes Königreich von Großbritannien und Nordirland; GF: Französisch-Guayana;
GS: Südgeorgien und die Südlichen Sandwichinseln; IC: Kanarische Inseln; IE: Republik Irland |
Irische Republik; IO: Chagos-Archipel; KG: Kirgistan | Kirgisien; KY: Kaimaninseln; MD: Moldawien;
MH: Marshall-Inseln; MK: Mazedonien; MO: Sonderverwaltungsregion Macau; PN: Pitcairninseln;
PS: Palästinensische Autonomiegebiete | Palästina | Palästinensische Gebiete; RU: Russland;
SB: Salomonen | Salomon-Inseln; SJ: Spitzbergen und Jan Mayen; SZ: Swasiland; TC: Turks und Caicos;
TL: Osttimor; UM: Amerikanische Überseeinseln; VA: Vatikanstadt | Vatikan | Heiliger Stuhl |
Staat Vatikanstadt
""",
        "es": """
AE: EAU | Emiratos | Emiratos Árabes; AS: Samoa Americana; BH: Bahréin; BM: Bermudas;
BQ: Caribe neerlandés | Bonaire, San Eustaquio y Saba; CC: Islas Cocos; CD: RD Congo;
CG: Congo (República); DZ: Argelia; FK: Islas Malvinas (Islas Falkland); GB: Gran Bretaña | Inglaterra |
Escocia | Gales | Irlanda del Norte; GG: Guernesey; GS: Islas Georgia del Sur y Sandwich del Sur;
HK: RAE de Hong Kong (China); HM: Islas Heard y McDonald; IE: República de Irlanda;
IO: Archipiélago de Chagos; KM: Comoras | Islas Comoras; KN: Saint Kitts y Nevis; KZ: Kazajstán;
MO: RAE de Macao (China); MU: Isla Mauricio; MV: Maldivas; NL: Holanda | Los Países Bajos;
NZ: Nueva Zelandia; PK: Paquistán; PN: Islas Pitcairn; PS: Territorios Palestinos | Palestina; RU: Rusia |
Federación de Rusia; SA: Arabia Saudita; SC: Islas Seychelles;
SH: Santa Helena, Ascensión y Tristán de Acuña; SY: República Árabe Siria; SZ: Suazilandia | Swazilandia;
TF: Territorios Australes Franceses | Tierras Australes Francesas; TT: Trinidad y Tabago;
UM: Islas menores alejadas de EE. UU.; US: EE. UU. | EUA | Estados Unidos de Norteamérica;
VA: Ciudad del Vaticano | Vaticano | Santa Sede; VI: Islas Vírgenes de EE. UU. | Islas Vírgenes Americanas
""",
        "fi": """
AE: Arabiemiirikunnat; BQ: Karibian Alankomaat; CC: Kookossaaret (Keelingsaaret); CD: Kongo-Kinshasa;
CG: Kongo-Brazzaville; FK: Falklandinsaaret (Malvinassaaret); FM: Mikronesia; GB: Iso-Britannia |
Englanti | Skotlanti | Pohjois-Irlanti; HK: Hongkong – Kiinan erityishallintoalue; IO: Chagossaaret;
MK: Makedonia; MO: Macao – Kiinan erityishallintoalue; NL: Hollanti; PS: Palestiinalaisalue | Palestiina;
RU: Venäjä; SJ: Huippuvuoret ja Jan Mayen; TF: Ranskan eteläiset ja antarktiset alueet;
UM: Yhdysvaltain erillissaaret; VA: Vatikaani
""",
        "fr": """
AE: Émirats | EAU; BA: Bosnie; BQ: Pays-Bas caribéens; BY: Biélorussie; CC: Îles Cocos; CD: RD Congo;
CH: Confédération suisse; CN: Chine populaire; EA: Ceuta et Melilla; FK: Îles Malouines |
Îles Malouines (Îles Falkland) | Malouines | Îles Falkland; FM: Micronésie; GB: Grande-Bretagne |
Angleterre | Écosse | Pays de Galles | Irlande du Nord; HK: R.A.S. chinoise de Hong Kong;
IC: Îles Canaries; IE: République d’Irlande; IO: Archipel des Chagos; KN: Saint-Kitts-et-Nevis;
MK: Macédoine; MO: R.A.S. chinoise de Macao; MU: Île Maurice; NL: Hollande; PS: Territoires palestiniens;
RU: Russie; SH: Sainte-Hélène; SJ: Svalbard et Jan Mayen; VA: État de la Cité du Vatican |
Cité du Vatican | Saint-Siège; VI: Îles Vierges des États-Unis | Îles Vierges américaines
""",
        "it": """
AE: Emirati Arabi | EAU; BQ: Caraibi Olandesi; CC: Isole Cocos e Keeling; CD: RD Congo;
CG: Congo (Repubblica); CX: Isola Christmas | Isola del Natale; FK: Isole Falkland |
Isole Falkland (Isole Malvine) | Isole Malvine; FO: Isole Faroe; GB: Gran Bretagna | Inghilterra |
Scozia | Galles | Irlanda del Nord; GF: Guiana Francese; GS: Georgia del Sud e Sandwich Australi;
HK: RAS di Hong Kong; IE: Repubblica d’Irlanda; IO: Arcipelago Chagos; LC: Santa Lucia; MO: RAS di Macao;
MY: Malesia; NL: Olanda; PN: Isole Pitcairn; PS: Territori Palestinesi | Palestina; RU: Federazione Russa;
SC: Seicelle; SH: Sant’Elena; SS: Sud Sudan; TF: Terre Australi Francesi;
UM: Isole Minori Esterne degli Stati Uniti | Isole Minori degli Stati Uniti; US: S.U.A.;
VA: Città del Vaticano | Vaticano | Santa Sede | Stato della Città del Vaticano;
VI: Isole Vergini Americane; ZA: Sud Africa
""",
        "ja": """
AI: アンギラ; AQ: 南極; AS: アメリカ領サモア; AU: オーストラリア | 豪州; AW: アルバ;
BL: サン・バルテルミー; BM: バミューダ; BN: ブルネイ | ブルネイ・ダルサラーム; BQ: オランダ領カリブ;
CD: コンゴ民主共和国(キンシャサ); CG: コンゴ共和国(ブラザビル); CI: 象牙海岸; CV: カーボベルデ;
ER: エリトリア; FK: フォークランド諸島 | フォークランド諸島 (マルビーナス諸島); GB: イギリス |
グレートブリテン | イングランド | スコットランド | ウェールズ | 北アイルランド; GE: ジョージア;
GF: フランス領ギアナ; GS: サウスジョージア・サウスサンドウィッチ諸島; HK: 中華人民共和国香港特別行政区;
HM: ハード島・マクドナルド諸島; IO: 英領インド洋地域 | チャゴス諸島; JP: 日本国; KG: キルギス;
KN: セントクリストファー・ネイビス; KR: 大韓民国; MF: サン・マルタン; MM: ミャンマー (ビルマ) | ビルマ;
MN: モンゴル; MO: 中華人民共和国マカオ特別行政区; NZ: アオテアロア・ニュージーランド;
PF: フランス領ポリネシア; PM: サンピエール島・ミクロン島; PN: ピトケアン諸島; RU: ロシア;
SH: セントヘレナ; SJ: スバールバル諸島・ヤンマイエン島; SX: シント・マールテン; SZ: スワジランド;
TC: タークス・カイコス諸島; TF: 仏領極南諸島; TL: 東チモール; TR: テュルキエ; UM: 合衆国領有小離島;
US: アメリカ; VA: バチカン市国 | バチカン; VC: セントビンセント・グレナディーン;
VG: イギリス領ヴァージン諸島 | イギリス領バージン諸島; VI: アメリカ領ヴァージン諸島 |
アメリカ領バージン諸島; WF: ウォリス・フツナ; XK: コソボ
""",
        "ko": """
AQ: 남극 대륙; AS: 아메리칸 사모아; BN: 브루나이; BQ: 네덜란드령 카리브; CD: 콩고-킨샤사;
CF: 중앙 아프리카 공화국; CG: 콩고-브라자빌; CI: 아이보리 코스트; ER: 에리트리아; FK: 포클랜드 제도 |
포클랜드 제도(말비나스 군도); FM: 미크로네시아; GB: 잉글랜드 | 스코틀랜드 | 웨일스 | 북아일랜드; GG: 건지;
HK: 홍콩(중국 특별행정구); IO: 차고스 제도; JE: 저지; KP: 북한; KR: 한국 | 남한; MF: 생마르탱;
MO: 마카오(중국 특별행정구); MS: 몬트세라트; NC: 뉴칼레도니아; PS: 팔레스타인 지구; RU: 러시아;
SH: 세인트헬레나; SJ: 스발바르제도-얀마웬섬; SX: 신트마르턴; SZ: 스와질란드; TF: 프랑스령 남방 지역;
TL: 티모르레스테; TR: 터키; TW: 대만; UM: 미국령 해외 제도; VA: 바티칸 시국 | 바티칸;
VG: 영국령 버진아일랜드; VI: 미국령 버진아일랜드; WF: 왈리스-푸투나 제도; XK: 코소보; ZA: 남아프리카 |
남아공
""",
        "nb": """
AE: Emiratene; AQ: Antarktis; BQ: Karibisk Nederland; CD: Den demokratiske republikken Kongo;
CG: Kongo-Brazzaville; GB: Skottland | Nord-Irland; HK: Hongkong SAR Kina; IO: Chagosøyene; LU: Luxemburg;
MK: Makedonia; MO: Macao SAR Kina; PN: Pitcairnøyene; PS: Det palestinske området | Palestina;
RU: Russland; TF: De franske sørterritorier; UM: USAs ytre øyer; US: Amerikas forente stater;
VA: Vatikanet; VG: De britiske jomfruøyene; VI: De amerikanske jomfruøyene; WF: Wallis og Futuna
""",
        "nl": """
AE: VAE | Emiraten; BA: Bosnië | Bosnië-Herzegovina; BO: Bolivië; BQ: Caribisch Nederland;
BV: Bouvet Eiland; CC: Cocoseilanden; CX: Kersteiland; CZ: Tsjechische Republiek; FK: Falklandeilanden |
Falklandeilanden (Islas Malvinas); FM: Micronesië; FO: Faroëreilanden; GB: Groot-Brittannië | Engeland |
Schotland | Noord-Ierland; GE: Georgië; GS: Zuid-Georgia en Zuidelijke Sandwicheilanden;
HK: Hongkong SAR van China; HM: Heard en McDonaldeilanden; HU: Hongaarse Republiek;
IE: Republiek Ierland | Ierse Republiek; IO: Chagoseilanden; KY: Caymaneilanden; MK: Macedonië;
MO: Macau SAR van China; NZ: Aotearoa Nieuw-Zeeland; PS: Palestijnse gebieden | Palestina;
RU: Russische Federatie; SA: Saudi-Arabië; SH: Sint-Helena; SK: Slowaakse Republiek;
SY: Syrische Arabische Republiek; TF: Franse Gebieden in de zuidelijke Indische Oceaan; US: VS;
VA: Vaticaanstad | Vaticaan | Heilige Stoel
""",
        "pl": """
AE: ZEA | Emiraty Arabskie; AQ: Antarktyda; BQ: Niderlandy Karaibskie; CC: Wyspy Kokosowe;
CD: Demokratyczna Republika Konga | Kongo (DRK); DO: Dominikana; FK: Falklandy; GB: Anglia | Szkocja |
Walia | Irlandia Północna; HK: SRA Hongkong (Chiny); IO: Archipelag Czagos; MO: SRA Makau (Chiny);
NL: Niderlandy; PS: Terytoria Palestyńskie | Palestyna; RU: Rosja; SH: Wyspa Świętej Heleny; SZ: Suazi;
TF: Francuskie Terytoria Południowe i Antarktyczne; VA: Watykan | Państwo Watykańskie |
Stolica Apostolska; XK: Kosowo; ZA: RPA | Afryka Południowa
""",
        "pt": """
AE: EAU | Emirados | Emirados Árabes; AI: Anguila; AX: Ilhas Aland; AZ: Azerbaijão;
BA: Bósnia e Herzegovina; BF: Burquina Faso; BH: Barein | Bahrein | Barém | Bareine; BL: São Bartolomeu;
BM: Bermudas; BQ: Países Baixos Caribenhos; BY: Bielorrússia; CC: Ilhas Cocos (Keeling); CD: RD Congo;
CX: Ilha Christmas | Ilha de Natal; CZ: Tchéquia | República Checa | República Tcheca; DJ: Djibuti;
EG: Egipto; FK: Ilhas Malvinas | Ilhas Malvinas (Ilhas Falkland) | Ilhas Falkland; GB: Grã-Bretanha |
Inglaterra | Escócia | País de Gales | Irlanda do Norte; GL: Groenlândia;
GS: Ilhas Geórgia do Sul e Sandwich do Sul | Geórgia do Sul e Ilhas Sandwich do Sul;
HK: Hong Kong, RAE da China; HM: Ilhas Heard e McDonald; IE: República da Irlanda;
IO: Arquipélago de Chagos; IR: Irã; KG: Quirguizistão; KI: Quiribati; KN: São Cristóvão e Neves;
KW: Koweit; KY: Ilhas Cayman | Ilhas Caimão | Ilhas Caiman; MM: Mianmar (Birmânia) | Birmânia | Mianmar;
MO: Macau, RAE da China; MU: Maurício | Maurícia | Ilhas Maurício; MW: Malaui; NL: Holanda;
NZ: Aotearoa da Nova Zelândia; PM: São Pedro e Miquelão; PN: Ilhas Pitcairn; PS: Territórios palestinos |
Palestina; RE: Reunião; RU: Federação da Rússia; SC: Seicheles | Ilhas Seychelles; SG: Singapura |
Cingapura; SJ: Svalbard e Jan Mayen; SZ: Essuatíni; TC: Ilhas Turcas e Caicos;
TF: Terras Austrais e Antárticas Francesas; TJ: Tadjiquistão; TL: República Democrática de Timor-Leste;
TM: Turcomenistão | Turquemenistão; TT: Trinidad e Tobago | Trindade e Tobago;
UM: Ilhas Menores Distantes dos EUA; US: EUA; UZ: Usbequistão; VA: Cidade do Vaticano | Vaticano |
Santa Sé; VI: Ilhas Virgens Americanas; VN: Vietnã | Vietname
""",
        "ru": """
AE: ОАЭ; AI: Ангилья; AQ: Антарктида; AS: Американское Самоа; AX: Аландские о-ва; BL: Сен-Бартелеми;
BM: Бермудские о-ва | Бермудские острова; BN: Бруней; BQ: Бонэйр, Синт-Эстатиус и Саба; BV: о-в Буве;
BY: Белоруссия; CC: Кокосовые о-ва; CD: Конго - Киншаса | Конго (ДРК); CG: Конго - Браззавиль;
CI: Берег Слоновой Кости; CK: о-ва Кука; CN: КНР; CX: о-в Рождества; DE: ФРГ; FK: Фолклендские о-ва |
Фолклендские (Мальвинские) о-ва; FO: Фарерские о-ва; GB: Великобритания | Англия | Шотландия | Уэльс |
Северная Ирландия; GS: Южная Георгия и Южные Сандвичевы о-ва; HK: Гонконг (САР);
HM: о-ва Херд и Макдональд; IM: о-в Мэн; IO: Британская территория в Индийском океане | архипелаг Чагос;
KG: Кыргызстан; KP: КНДР; KY: о-ва Кайман; MD: Молдова; MF: Сен-Мартен; MH: Маршалловы о-ва;
MK: Македония; MM: Мьянма (Бирма) | Бирма; MO: Макао (САР); MP: Северные Марианские о-ва; NF: о-в Норфолк;
NL: Голландия; NZ: Аотеароа (Новая Зеландия); PN: о-ва Питкэрн; PS: Палестинские территории; RU: Россия |
РФ; SB: Соломоновы о-ва; SC: Сейшельские о-ва | Сейшельские острова; SH: о-в Св. Елены; SX: Синт-Мартен;
SZ: Свазиленд; TC: Тёркс и Кайкос; TL: Тимор-Лесте; TM: Туркмения; UM: Внешние малые о-ва (США); US: США;
VA: Ватикан; VG: Виргинские о-ва (Великобритания); VI: Виргинские о-ва (США); WF: Уоллис и Футуна;
XK: Косово; YT: Майотта; ZA: ЮАР
""",
        "sv": """
BA: Bosnien och Hercegovina | Bosnien; BQ: Karibiska Nederländerna; CD: Kongo-Kinshasa;
CG: Kongo-Brazzaville; CZ: Tjeckiska republiken; FK: Falklandsöarna; FM: Mikronesien; GB: Storbritannien |
Skottland | Nordirland; GS: Sydgeorgien och Sydsandwichöarna; HK: Hongkong SAR; IE: Republiken Irland;
IO: Brittiska territoriet i Indiska oceanen | Chagosöarna; KM: Komorerna; KN: S:t Kitts och Nevis;
KR: Republiken Korea; MK: Makedonien; NF: Norfolkön; NZ: Aotearoa Nya Zeeland;
PM: S:t Pierre och Miquelon; PN: Pitcairnöarna; PS: Palestinska territorierna | Palestina; RU: Ryssland;
TK: Tokelauöarna; UM: USA:s yttre öar; US: Förenta staterna; VA: Vatikanen | Heliga stolen;
VC: S:t Vincent och Grenadinerna; WF: Wallis- och Futunaöarna; YE: Jemen
""",
        "tr": """
AE: BAE; BQ: Karayip Hollandası; BT: Butan; BY: Beyaz Rusya; CD: Kongo - Kinşasa; CG: Kongo - Brazavil;
FK: Falkland Adaları | Falkland Adaları (Malvinas Adaları); FM: Mikronezya; GB: İngiltere |
Büyük Britanya | İskoçya | Galler | Kuzey İrlanda; HK: Çin Hong Kong ÖİB; IO: Chagos Takımadaları;
MH: Marshall Adaları; MK: Makedonya; MO: Çin Makao ÖİB; MQ: Martinik; NZ: Aotearoa Yeni Zelanda;
PN: Pitcairn Adaları; PS: Filistin Bölgeleri | Filistin; RU: Rusya; SZ: Esvatini | Svaziland;
TF: Fransız Güney Toprakları; TL: Doğu Timor; UM: ABD Küçük Harici Adaları; US: ABD; VA: Vatikan;
VG: Britanya Virjin Adaları; VI: ABD Virjin Adaları; WF: Wallis ve Futuna
""",
        "zh": """
AE: 阿拉伯联合酋长国; BD: 孟加拉国; BL: 圣巴泰勒米; BO: 玻利维亚; BQ: 荷属加勒比区; BV: 布韦岛;
CD: 刚果（金）; CG: 刚果（布）; CI: 象牙海岸; CN: 中国大陆; CZ: 捷克共和国; FK: 福克兰群岛 |
福克兰群岛（马尔维纳斯群岛）; GB: 大不列颠 | 英格兰 | 苏格兰 | 威尔士 | 北爱尔兰;
GS: 南乔治亚和南桑威奇群岛; GT: 危地马拉; HK: 中国香港 | 香港特别行政区; HM: 赫德岛和麦克唐纳群岛;
IM: 马恩岛; IO: 查戈斯群岛; KG: 吉尔吉斯斯坦; KH: 柬埔寨; KP: 北朝鲜; KR: 南韩; MO: 中国澳门 |
澳门特别行政区; MT: 马耳他; PF: 法属波利尼西亚; PM: 圣皮埃尔和密克隆群岛; PN: 皮特凯恩群岛;
PS: 巴勒斯坦领土; RU: 俄罗斯联邦; SH: 圣赫勒拿; TF: 法属南部领地; TT: 特立尼达和多巴哥; TW: 中国台湾;
XK: 科索沃
""",
    }
)
"""Language → its names. A language with a region ("pt_BR") has those of its language too."""
