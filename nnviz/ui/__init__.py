"""The face: page frame, controls, live charts, the answers to a moving hand."""
