"""Theme and chart builders: plain plotly figure specifications, made without streamlit and without training."""
