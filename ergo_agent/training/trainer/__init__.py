"""Supervised and reinforcement training with TRL: the extra `train`.

```
run.py               `ergo-agent train`: from a config to a trained checkpoint
config.py            a run's TOML file, checked
outset.py            the policy, and how it is asked
judges.py            who judges its crops, and the reward that follows
tasks.py             what is asked: scenes, or one's own questions
relay.py             the graph of inference, held still at each question
live.py              one rollout: what it is shown, what it said, how it ended
environment.py       the rollout as TRL's environment
template.py          the checkpoint's own chat template, told what an environment's turns are
rollout_trainer.py   TRL's trainer with its silent failures made loud
told_reward.py       the reward as TRL is given it, and what else is logged
grpo.py, sft.py      each method's trainer, from a config
options.py           TRL's options
watch.py             curves as JSONL and PNG, checkpoints that are known to be whole
```

Absent on purpose: any crop, prompt or limit of its own. A rollout is an episode of
`ergo_agent.graphs`, whose replies TRL samples.
"""
