"""Laws to compare, made by rushlight or by torch, and the numbers asked of them."""


def laws(torch):
    """Name -> law."""
    d = torch.distributions

    def t(*values):
        return torch.tensor(values, dtype=torch.float64)

    v, w = t(0.3, 0.6, 0.9), t(1.5, 0.7, 2.0)
    p = torch.stack([t(0.2, 0.3, 0.5), t(0.1, 0.1, 0.8)])
    matrix = torch.stack([t(2.0, 0.5, 0.1), t(0.5, 1.0, 0.2), t(0.1, 0.2, 1.5)])
    parts = d.Normal(torch.stack([v, w]), torch.stack([w, v]))
    return {
        "Normal": d.Normal(v, w),
        "Bernoulli": d.Bernoulli(v),
        "Bernoulli of logits": d.Bernoulli(logits=w),
        "Categorical": d.Categorical(p),
        "Categorical of logits": d.Categorical(logits=p),
        "Uniform": d.Uniform(v, v + w),
        "Exponential": d.Exponential(w),
        "Gamma": d.Gamma(w, v),
        "Chi2": d.Chi2(w),
        "Dirichlet": d.Dirichlet(p * 5),
        "Beta": d.Beta(w, v + 1),
        "Laplace": d.Laplace(v, w),
        "Cauchy": d.Cauchy(v, w),
        "Poisson": d.Poisson(w * 3),
        "Geometric": d.Geometric(v),
        "Binomial": d.Binomial(7, v),
        "NegativeBinomial": d.NegativeBinomial(w * 3, v),
        "StudentT": d.StudentT(w + 2, v, w),
        "FisherSnedecor": d.FisherSnedecor(w + 5, v + 6),
        "LogNormal": d.LogNormal(v, w),
        "HalfNormal": d.HalfNormal(w),
        "HalfCauchy": d.HalfCauchy(w),
        "Gumbel": d.Gumbel(v, w),
        "Pareto": d.Pareto(w, v + 2),
        "Weibull": d.Weibull(w, v + 1),
        "InverseGamma": d.InverseGamma(w + 2, v),
        "Kumaraswamy": d.Kumaraswamy(w + 1, v + 1),
        "LogisticNormal": d.LogisticNormal(v, w),
        "OneHotCategorical": d.OneHotCategorical(p),
        "Multinomial": d.Multinomial(6, p),
        "MultivariateNormal": d.MultivariateNormal(v, matrix),
        "MultivariateNormal of precision": d.MultivariateNormal(
            v, precision_matrix=matrix
        ),
        "MixtureSameFamily": d.MixtureSameFamily(d.Categorical(p), parts),
        "Independent": d.Independent(d.Normal(v, w), 1),
        "RelaxedBernoulli": d.RelaxedBernoulli(torch.tensor(0.7), v),
        "RelaxedOneHotCategorical": d.RelaxedOneHotCategorical(torch.tensor(0.7), p),
        "TransformedDistribution": d.TransformedDistribution(
            d.Normal(v, w), [d.AffineTransform(1.0, 2.0), d.SigmoidTransform()]
        ),
    }


def numbers(torch, law):
    """What a law answers, as lists; an absent answer is its error's name."""
    torch.manual_seed(1)
    found = {"sample": law.sample((2,))}
    value = found["sample"]
    questions = {
        "log_prob": lambda: law.log_prob(value),
        "mean": lambda: law.mean,
        "variance": lambda: law.variance,
        "entropy": law.entropy,
        "cdf": lambda: law.cdf(value),
        "icdf": lambda: law.icdf(torch.full(law.batch_shape, 0.3, dtype=torch.float64)),
    }
    for name, ask in questions.items():
        try:
            found[name] = ask()
        except NotImplementedError:
            found[name] = None
    return {k: None if x is None else x.tolist() for k, x in found.items()}


def divergences(torch):
    """Names of p and q -> KL, for all pairs that have one."""
    every, found = laws(torch), {}
    for p in every:
        for q in every:
            try:
                value = torch.distributions.kl_divergence(every[p], every[q])
            except (NotImplementedError, ValueError):
                continue
            found[f"{p} | {q}"] = value.tolist()
    return found
