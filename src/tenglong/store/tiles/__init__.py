"""Vector tiles written by arrays: clip, orient, quantise, delta, varints."""

from tenglong.store.tiles.encoder import Layer, encode, encode_layers
from tenglong.store.tiles.frame import EXTENT, tile_box

__all__ = ["EXTENT", "Layer", "encode", "encode_layers", "tile_box"]
