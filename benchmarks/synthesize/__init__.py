"""What synthesizers are worth and cost, beside their peers on the same split."""
