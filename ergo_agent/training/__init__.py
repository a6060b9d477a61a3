"""Training a policy: the rewards of a rollout, and what it is trained on.

Nothing here needs torch but the trainer itself: rewards, scenes and demonstrations work wherever
the package does, so that any evaluation run can be scored by the reward that policies are trained
with.
"""
