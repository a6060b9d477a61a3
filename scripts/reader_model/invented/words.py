"""Invented names and the words that values are chosen from."""

# ruff: noqa: E501  # one kind of value a line

__all__ = [
    "CHOICES",
    "FIRM_ENDS",
    "FIRM_WORDS",
    "FIRST",
    "ITEMS",
    "LAST",
    "MONTHS",
    "STREETS",
    "TOWNS",
]

FIRST = """Alma Bruno Carla Dario Edith Farid Greta Hugo Ines Jonas Karin Luis Mira Nils Olga Pavel
Rosa Sami Tilda Ugo Vera Wanda Xenia Yusuf Zoe Amina Boris Chiara Denis Elif Flora Goran Hanna
Igor Jana Kofi Lena Mateo Nadia Oscar Petra Quinn Ravi Selma Tomas Ursula Viktor Wim Yara Zoltan
Abena Bjorn Celine Dimitri Esra Felix Giulia Henrik Ivana Jorge""".split()  # noqa: SIM905
LAST = """Achterberg Balogun Carvalho Dvorak Eriksen Fontaine Grimaldi Hartwell Ilves Jankowski Kessler
Lindqvist Moreau Novak Okafor Petrov Quist Rahman Sorensen Tamura Ulrich Varga Whitlock Xavier
Yilmaz Zeller Adeyemi Bianchi Castellan Drummond Espinoza Falk Gallagher Hoxha Ivarsson Joubert
Krause Lombardi Mbeki Nakamura Osei Pereira Rosander Silva Toth Uhland Vesely Wexford""".split()  # noqa: SIM905
TOWNS = """Arlesford Brackwater Corvina Dunholm Eastmere Falkenau Grimsby Harrowgate Ilmenau Jorvik
Kestrel Linden Marrow Norwick Oakhurst Penzing Quarrin Riverton Steinach Tarnow Ulmfeld Varberg
Westport Ystad Zelling Almstadt Bellano Cartona Dorfen Elmsworth Freiwald""".split()  # noqa: SIM905
STREETS = """Mill Church Station Garden Harbour Castle Orchard Bridge Market Forest Canal School Park
Tanner Weaver Foundry Rose Cedar Hill River Meadow Chapel Windmill Quay Abbey""".split()  # noqa: SIM905
FIRM_WORDS = """Northgate Alder Bluewater Corvid Delphin Everline Farrow Granite Hollis Ironbridge Juniper
Kettle Lumen Marlow Nimbus Orion Pinnacle Quarry Redwood Silvan Tidewater Umber Vantage Willow
Yarrow Zenith Brightwell Copperfield Dunmore Elmtree""".split()  # noqa: SIM905
FIRM_ENDS = """Ltd; GmbH; Inc.; & Sons; Trading; Logistics; Systems; Foods; Print Works; Joinery;
Energy; Pharma AG; Instruments; Motors; Garden Supplies; Software; Textiles; Optics; Brewery""".replace(
    "\n", " "
).split("; ")
MONTHS = """January February March April May June July August September October November
December""".split()  # noqa: SIM905
ITEMS = """Torx screwdriver; Cheddar; Oat milk; Desk lamp; Copper pipe 15 mm; Printer paper A4; Hand
soap; Olive oil 0.5 l; Rye bread; Work gloves; Cable drum; Garden hose; Safety helmet; Wall paint white;
Batteries AA; Notebook; Ink cartridge; Coffee beans 1 kg; Apple juice; Tomatoes; Door hinge; Bicycle
tyre; Sleeping bag; Frying pan; USB hub; Monitor stand; Tea towel; Rubber seal; Drill bit 6 mm; Pump
housing; Smoked ham; Goat cheese; Basil pot; Steel bolt M8; Network switch; Whiteboard; Hiking boots;
Rain jacket; Alarm clock; Extension lead; Plywood sheet; Ball valve; Air filter; Brake pads; Chicken
soup; Lentil stew; Grilled trout; Lemon cake; Mineral water; House red 0.2 l; Espresso; Onion rings;
Potato salad; Consulting, senior; On-site repair; Travel costs; Annual licence; Data backup; Training
day; Hosting, basic""".replace("\n", " ").split("; ")

CHOICES: dict[str, list[str]] = {
    name: values.strip().split(", ")
    for name, values in (
        line.split(":", 1)
        for line in """
nation: German, Portuguese, Nigerian, Finnish, Czech, Brazilian, Irish, Japanese, Turkish, Indian
nation_name: Portugal, Estonia, Vietnam, Japan, Slovenia, Mexico, Ireland, Taiwan, Austria, Ghana
marital: single, married, widowed, divorced, in a partnership
job: carpenter, nurse, bus driver, accountant, teacher, welder, software tester, gardener, pharmacist
bank: Volksbank Ilmtal, First Harbour Bank, Credit Mutuel Ouest, Sparkasse Dunholm, Kestrel Savings
branch: Canal House, Old Town Hall, Room 2.14, Riverside Library, Main Hall, West End, St Anne's School, Market Street, Studio 3
class: Standard, Family, Student, Reduced, Senior, Premium, Basic, Adult
travelclass: First, Second, Economy, Business, Stalls, Balcony
incoterm: DAP Riverton, EXW, FCA Hamburg, CIF Oslo, DDP Linz, FOB Genoa
terms: 14 days net, 30 days net, net 45, 2 % within 10 days, cash on delivery, immediately on receipt
subject: Replacement of the roof, Winter timetable, Water damage in the cellar, Noise at night, Summer concert, Extension of the kindergarten, Bearing housing, Change of supplier, New parking rules, Road works in Mill Street, Introduction to bookbinding
material: stainless steel, EN AW-6082, oak, S235JR, polypropylene, cast iron, brass CW614N, walnut veneer
refrigerant: R290, R32, R134a, R600a, R410A, R454B
diagnosis: sprained ankle, acute bronchitis, type 2 diabetes, migraine, iron deficiency, fracture of the left wrist, high blood pressure
ward: Surgery 2, Ward 4B, Cardiology, Outpatients, Paediatrics, Orthopaedics
method: ISO 11885, DIN 38409, EN 1186, ASTM D638, visual, ICP-MS, SOP-14
result: passed, failed, passed with conditions, not assessed, satisfactory
status: draft, approved, in review, final, superseded, open, closed, pending
make: Skoda Octavia, Volvo V60, Fiat Panda, Renault Kangoo, Ford Transit, Toyota Yaris
fuel: diesel, petrol, electric, plug-in hybrid, natural gas
colour: dark green, silver, red metallic, white, midnight blue, anthracite
ip: IP65, IP20, IP44, IP67, IPX4
voltage: 230 V, 24 V DC, 400 V 3~, 110-240 V, 12 V, 230 V ~ 50 Hz
""".strip().splitlines()
    )
}
