"""The names, goods and turns of phrase that the made-up sessions draw from."""

FIRST_NAMES = (
    "Amara", "Bruno", "Chiara", "Daniel", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kiran", "Lena",
    "Marco", "Nadia", "Oscar", "Priya", "Quentin", "Rosa", "Samir", "Tessa", "Umar", "Vera", "Wanda", "Yusuf",
    "Zoe", "Aoife", "Bogdan", "Dilara", "Emil", "Freya",
)  # fmt: skip
LAST_NAMES = (
    "Abbott", "Bianchi", "Castell", "Dvorak", "Eriksen", "Fontaine", "Grubers", "Hale", "Ivanova", "Jansen",
    "Keller", "Lindqvist", "Moreau", "Novak", "O'Brien", "Petrov", "Quist", "Ramos", "Sorensen", "Tanaka",
    "Ueda", "Vargas", "Weber", "Yilmaz", "Zeller",
)  # fmt: skip
STREETS = (
    "Mill Lane", "Harbour Road", "Station Street", "Elm Avenue", "Kirkgate", "Lindenweg", "Rue du Port", "Via Roma",
    "Bridge Street", "Castle Hill",
)  # fmt: skip
CITIES = ("Leith", "Bremen", "Nantes", "Genoa", "Gdansk", "Porto", "Malmo", "Ghent", "Split", "Cork")
GOODS = (
    ("rain jacket, size M", 89.0), ("trail running shoes", 119.5), ("two-person tent", 249.0),
    ("enamel mug set", 28.9), ("camping stove", 64.0), ("wool blanket", 74.5), ("head torch", 39.9),
    ("dry bag, 20 litres", 32.5), ("hiking poles", 58.0), ("sleeping mat", 94.9), ("thermos flask", 27.0),
    ("waterproof trousers", 69.0), ("climbing rope, 60 m", 159.0), ("kids' life vest", 45.5), ("deck chair", 52.0),
    ("cool box", 84.0), ("merino base layer", 61.0), ("folding kayak paddle", 138.0),
)  # fmt: skip
HELLO = ("Hi, ", "Hello, ", "Hey there, ", "Good morning, ", "Hi Harbor, ", "", "", "Good evening, ", "Excuse me, ")
MOODS = (
    "", "", "", " Thanks!", " Thank you in advance.", " This is getting a bit annoying.", " It is rather urgent.",
    " Sorry for the bother.", " I have asked before, by the way.", " Cheers.",
)  # fmt: skip
BYES = (
    "Great, thanks.", "Perfect, that's all.", "Lovely, thank you!", "ok thx", "Brilliant. Have a nice day.",
    "Alright, thank you for the quick help.", "Good, cheers.", "That was easy. Thanks!",
)  # fmt: skip
CLOSINGS = (
    "Is there anything else I can do for you?", "Let me know if anything else comes up.", "Happy to help.",
    "You will get an e-mail with the details in a few minutes.", "Have a good day!",
)  # fmt: skip
