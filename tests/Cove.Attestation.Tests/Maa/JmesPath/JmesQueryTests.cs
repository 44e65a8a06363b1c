using System.Text.Json;
using Cove.Attestation.Maa.JmesPath;
using Cove.Attestation.Maa.Policies;

namespace Cove.Attestation.Tests.Maa.JmesPath;

public sealed class JmesQueryTests
{
    private const string Log = """
        {"Events":[
          {"EventTypeString":"EV_EFI_VARIABLE_DRIVER_CONFIG","PcrIndex":7,"ProcessedData":{"UnicodeName":"SecureBoot","VariableData":"AQ"}},
          {"EventTypeString":"EV_SEPARATOR","PcrIndex":4,"ProcessedData":{"Aggregation":[{"Path":"A","Svn":3},{"Path":"B","Svn":9}]}},
          {"EventTypeString":"EV_SEPARATOR","PcrIndex":7}],
         "numbers":[3,1,2],"nested":[[1,2],[3],4],"text":"Hello","empty":[],"a.b":5,"nothing":null}
        """;

    [Theory]
    [InlineData("text", "\"Hello\"")]
    [InlineData("\"a.b\"", "5")]
    [InlineData("missing", "null")]
    [InlineData("missing.more", "null")]
    [InlineData("Events[0].PcrIndex", "7")]
    [InlineData("Events[-1].PcrIndex", "7")]
    [InlineData("Events[9]", "null")]
    [InlineData("Events[*].PcrIndex", "[7,4,7]")]
    [InlineData("Events[].ProcessedData.UnicodeName", "[\"SecureBoot\"]")]
    [InlineData("Events[?EventTypeString=='EV_SEPARATOR'].PcrIndex", "[4,7]")]
    [InlineData("Events[?PcrIndex==`7` && EventTypeString == 'EV_SEPARATOR'] | length(@)", "1")]
    [InlineData("Events[?PcrIndex==`7` || EventTypeString == 'EV_SEPARATOR'] | [0].PcrIndex", "7")]
    [InlineData("Events[?!ProcessedData].PcrIndex", "[7]")]
    [InlineData("Events[?ProcessedData.UnicodeName=='SecureBoot'] | length(@) == `1` && @[0].ProcessedData.VariableData == 'AQ'", "true")]
    [InlineData("Events[*].ProcessedData.Aggregation[].Svn | max(@)", "9")]
    [InlineData("Events[1].ProcessedData.Aggregation[?Svn > `3`].Path", "[\"B\"]")]
    [InlineData("Events[0].[PcrIndex, EventTypeString]", "[7,\"EV_EFI_VARIABLE_DRIVER_CONFIG\"]")]
    [InlineData("Events[0].{p: PcrIndex, n: ProcessedData.UnicodeName}", "{\"p\":7,\"n\":\"SecureBoot\"}")]
    [InlineData("Events[?equals_ignore_case(EventTypeString, 'ev_separator')] | length(@)", "2")]
    [InlineData("numbers[0:2]", "[3,1]")]
    [InlineData("numbers[::-1]", "[2,1,3]")]
    [InlineData("numbers[1:]", "[1,2]")]
    [InlineData("nested[]", "[1,2,3,4]")]
    [InlineData("sort(numbers)", "[1,2,3]")]
    [InlineData("sum(numbers)", "6")]
    [InlineData("reverse(text)", "\"olleH\"")]
    [InlineData("contains(text, 'ell')", "true")]
    [InlineData("not_null(nothing, missing, text)", "\"Hello\"")]
    [InlineData("empty || text", "\"Hello\"")]
    [InlineData("empty && text", "[]")]
    [InlineData("nothing == `null`", "true")]
    [InlineData("`[1, {\"a\": 2}]` == `[1, {\"a\": 2}]`", "true")]
    [InlineData("'it\\'s'", "\"it's\"")]
    [InlineData("*.UnicodeName", "[]")]
    [InlineData("Events[0].ProcessedData.* | sort(@)", "[\"AQ\",\"SecureBoot\"]")]
    [InlineData("type(numbers)", "\"array\"")]
    [InlineData("text < `3`", "null")]
    [InlineData("(numbers)[0]", "3")]
    public void Finds_what_the_language_says(string query, string expected)
    {
        using var document = JsonDocument.Parse(Log);
        Assert.Equal(expected, JmesQuery.Parse(query).Search(document.RootElement));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a[")]
    [InlineData("a[0")]
    [InlineData("a[::0]")]
    [InlineData("a b")]
    [InlineData("'open")]
    [InlineData("`{`")]
    [InlineData("#")]
    [InlineData("nothing_known(a)")]
    [InlineData("length()")]
    [InlineData("length(a, b)")]
    [InlineData("a[99999999999]")]
    [InlineData("{a: b")]
    [InlineData("a[1 2]")]
    public void Refuses_what_is_no_query(string query) => Assert.Throws<PolicyEvaluationException>(() => JmesQuery.Parse(query));

    [Fact]
    public void Refuses_nesting_and_arguments_that_go_too_far()
    {
        Assert.Throws<PolicyEvaluationException>(() => JmesQuery.Parse(new string('(', 1000)));
        using var document = JsonDocument.Parse("""{"a":[79228162514264337593543950335,79228162514264337593543950335],"t":"x"}""");
        Assert.Throws<PolicyEvaluationException>(() => JmesQuery.Parse("sum(a)").Search(document.RootElement));
        Assert.Throws<PolicyEvaluationException>(() => JmesQuery.Parse("sum(t)").Search(document.RootElement));
    }
}
