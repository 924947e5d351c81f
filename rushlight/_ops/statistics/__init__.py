"""What tells about many numbers: quantiles, covariances, histograms, slopes."""

from rushlight._ops.statistics import histograms, moments, quantiles, slopes
