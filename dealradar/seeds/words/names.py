"""Names for people who do not exist."""

from typing import Final

from dealradar.seeds.words import listed

FIRST: Final = listed(
    "Ada Amir Anouk Aria Bao Bea Bilal Carla Chidi Clara Dalia Dario Edda Elif Emeka Enzo Farah Finn Freya Gustav Hana"
    " Hugo Ida Ilse Imran Ines Jonas Juno Kai Kamila Kofi Lars Leila Lena Liam Lucia Malik Mara Mateo Mei Mila Nadia"
    " Niko Nora Odile Omar Oskar Pia Priya Quinn Rafael Rosa Ruth Sami Selma Sven Tara Tomas Uma Viktor Wanda Yara Zoe"
)
LAST: Final = listed(
    "Abara Almeida Andersen Arslan Baker Bauer Bianchi Carter Castro Chen Dahl Diaz Dubois Eriksen Farkas Fischer"
    " Garcia Haddad Hansen Horvat Ibrahim Ivanova Jansen Kaya Keller Kim Kowalski Larsen Laurent Lopez Maier Mensah"
    " Moreau Nakamura Nguyen Novak Okafor Oliveira Olsen Patel Petrov Quist Reyes Rossi Saito Santos Schmidt Silva"
    " Sorensen Tanaka Toth Usman Vega Virtanen Wagner Walsh Weber Wolff Yilmaz Young Zhang Ziegler"
)
PATTERNS: Final = ("{first}.{last}{number}", "{first}{number}", "{first}_{last}{number}", "{last}.{first}{number}")
