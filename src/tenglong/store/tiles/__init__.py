"""Vector tiles written by arrays: clip, orient, quantise, delta, varints."""

from tenglong.store.tiles.encoder import Layer, encode, encode_layers
from tenglong.store.tiles.frame import EXTENT, tile_box
from tenglong.store.tiles.plain import Packed
from tenglong.store.tiles.values import Coded, Names

__all__ = ["EXTENT", "Coded", "Layer", "Names", "Packed", "encode", "encode_layers", "tile_box"]
