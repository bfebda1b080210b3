"""What the channels must remember: messages taken in, visitors by keyed hash, answers that wait for delivery."""
