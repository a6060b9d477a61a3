"""Trains the model of the embedded reader that finds answers on a page.

1. `python -m scripts.reader_model.prepare DATA training --invented 1500 --seed 1` writes example
   files: the questions of the corpus' training split on the text layers of their pages (`corpus`,
   `text_layer`), and questions about invented pages (`invented`), laid out by the reader's code.
2. `python -m scripts.reader_model BEGIN STATE DATA/training.jsonl=5 DATA/invented-1.jsonl=5
   --steps N` trains (`trainer`, `network`, `loss`, `batches`), and goes on where it was stopped.
3. `python -m scripts.reader_model.export BEGIN STATE OUT` writes the 8-bit ONNX file.
4. `python -m scripts.reader_model.calibrate SPLIT OUT` sets the confidence right (`measure`).

BEGIN is the folder of all-MiniLM-L6-v2 or an ONNX file made of it, as the package ships
(`weights`). The steps need torch, safetensors and onnx, the package itself none of them.
"""
