"""The least that Streamlit can show. Run by bench.start and bench.load for reference."""

import streamlit as st

st.title("Bare")
st.write("One line.")
