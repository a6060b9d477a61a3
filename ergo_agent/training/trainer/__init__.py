"""Supervised and reinforcement training with TRL: the extra `train`.

```
config.py       a run's TOML file, checked
relay.py        the graph of inference, held still at each question
live.py         one rollout: what it is shown, what it said, how it ended
environment.py  the rollout as TRL's environment
template.py     the chat template that knows an environment's turns, compared with the checkpoint's
loading.py      the policy and the reward model
grpo.py         TRL's trainer with its silent failures made loud
sft.py          demonstrations as lessons
tasks.py        what is asked: scenes, or one's own questions
watch.py        curves as JSONL and PNG, checkpoints that are known to be whole
runs.py         `ergo-agent train`: from a config to a trained checkpoint
```

Absent on purpose: any crop, prompt or limit of its own. A rollout is an episode of
`ergo_agent.graphs`, whose replies TRL samples.
"""
