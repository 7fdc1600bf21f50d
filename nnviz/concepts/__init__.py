"""One room per page: model.py computes, charts.py draws, lesson.py has the words."""
