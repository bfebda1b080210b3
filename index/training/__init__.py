"""How the shipped models were made; needs torch and LightGBM and a folder with the training data."""
