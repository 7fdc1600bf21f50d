"""The floor everything stands on: parameters, timelines, training, statistics, claims, diagnosis, seeds."""
