from nnviz.core.lesson import *
lesson = Lesson("Drag the input.", (Prediction("Which?", ("a", "b"), lambda p: p, lambda r: Answer(0, "because")),), (Preset("Big gain", {"gain": 4.0}, "look", "saturation"),), (), (), (Reference("x", 2010, "https://example.org"),))
