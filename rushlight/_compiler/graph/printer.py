"""A Graph as text.

graph(x: f32[64,784], w: f32[128,784]):
  %0: f32[64,128] = linear(x, w, None)
  %1: f32[64,128] = relu(%0)
  return %1
"""

_SHORT = {"float": "f", "int": "i", "uint": "u", "complex": "c", "bfloat": "bf"}


def print_graph(graph):
    """The graph's text, one line for each node."""
    names = {id(v): v.name or f"in{i}" for i, v in enumerate(graph.inputs)}
    head = ", ".join(f"{names[id(v)]}: {spec_text(v.spec)}" for v in graph.inputs)
    lines = [f"graph({head}):"]
    for node in graph.nodes:
        for value in node.outputs:
            names[id(value)] = f"%{len(names) - len(graph.inputs)}"
        results = ", ".join(
            f"{names[id(v)]}: {spec_text(v.spec)}" for v in node.outputs
        )
        inputs = [names.get(id(i), i) for i in node.inputs]
        attrs = [f"{name}={value!r}" for name, value in node.attrs.items()]
        arguments = ", ".join([*map(str, inputs), *attrs])
        lines.append(f"  {results} = {node.op.name}({arguments})")
    outputs = ", ".join(names[id(v)] for v in graph.outputs)
    return "\n".join([*lines, f"  return {outputs}"])


def spec_text(spec):
    """A spec as ``f32[64,128]``."""
    return f"{dtype_text(spec.dtype)}[{','.join(map(str, spec.shape))}]"


def dtype_text(dtype):
    """NumPy's dtype as ``f32``, ``i64``, ``bool``..."""
    name = dtype.name
    stem = name.rstrip("0123456789")
    return _SHORT.get(stem, stem) + name[len(stem) :]
