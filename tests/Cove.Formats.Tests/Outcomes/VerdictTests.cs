using Cove.Outcomes;

namespace Cove.Tests.Outcomes;

public sealed class VerdictTests
{
    [Fact]
    public void A_rejection_must_say_why() => Assert.Throws<ArgumentException>(() => new Verdict<int>.Rejected([]));

    [Fact]
    public void An_accepted_verdict_yields_its_value()
    {
        Verdict<int> verdict = 7;
        Assert.True(verdict.IsAccepted(out var value, out var findings));
        Assert.Equal(7, value);
        Assert.Empty(findings);
    }

    [Fact]
    public void A_rejected_verdict_yields_every_finding_and_no_value()
    {
        Verdict<string> verdict = new List<Finding> { new("a", "f", "1", "2"), new("b", "g", "3", "4") };
        Assert.False(verdict.IsAccepted(out var value, out var findings));
        Assert.Null(value);
        Assert.Equal(["a", "b"], findings.Select(f => f.Code));
    }
}
