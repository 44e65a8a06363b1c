using Cove.Rego.Values;

namespace Cove.Rego.Tests.Tracing;

public sealed class CoverageTests
{
    private const string Module = """
        package p

        allow if {
            input.a
            input.b
        }

        deny if {
            input.c
            every x in input.xs {
                x > 1
            }
        }
        """;

    [Fact]
    public void Rows_are_covered_when_they_were_evaluated_and_heads_when_their_bodies_held()
    {
        var coverage = new RegoCoverage(new RegoCompiler().AddModule("p.rego", Module).Compile());
        coverage.Traced.Evaluate("data.p", RegoValue.FromJson("""{"a":true,"c":true,"xs":[]}"""));
        var file = Assert.Single(coverage.Files());
        Assert.Equal([4, 5, 8, 9, 10], file.Covered);
        Assert.Equal([3, 11], file.NotCovered);
        Assert.Equal(71.43, file.Percent);
        coverage.Traced.Evaluate("data.p", RegoValue.FromJson("""{"a":true,"b":1,"c":true,"xs":[2]}"""));
        Assert.Equal(100, coverage.Files()[0].Percent);
    }

    [Fact]
    public void A_policy_that_is_not_traced_covers_nothing()
    {
        var policy = new RegoCompiler().AddModule("p.rego", Module).Compile();
        var coverage = new RegoCoverage(policy);
        policy.Evaluate("data.p", RegoValue.FromJson("""{"a":true,"b":true}"""));
        Assert.Empty(coverage.Files()[0].Covered);
    }
}
