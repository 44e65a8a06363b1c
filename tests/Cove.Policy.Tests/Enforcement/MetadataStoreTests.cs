using Cove.Policy.Enforcement;
using Cove.Rego.Values;

namespace Cove.Tests.Enforcement;

public sealed class MetadataStoreTests
{
    [Fact]
    public void Maps_and_sets_do_what_they_are_told()
    {
        var store = new MetadataStore("linux");
        Apply(store, """[{"name":"m","action":"add","key":"k","value":1},{"name":"m","action":"update","key":"k","value":2},{"name":"m","action":"update","key":"l","value":3}]""");
        Apply(store, """[{"name":"m","action":"remove","key":"l"},{"name":"m","action":"remove","key":"absent"}]""");
        Apply(store, """[{"name":"s","type":"set","action":"add","value":{"a":1}},{"name":"s","type":"set","action":"add","value":{"a":1}},{"name":"s","type":"set","action":"add","value":2}]""");
        Apply(store, """[{"name":"s","type":"set","action":"remove","value":2}]""");
        Assert.Equal("""{"m":{"k":2},"operatingsystem":{"ostype":"linux"},"s":[{"a":1}]}""", store.State.ToJson());
    }

    [Theory]
    [InlineData("""[{"name":"m","action":"add","key":"k","value":9}]""", "key m[k] already exists")]
    [InlineData("""[{"name":"s","action":"add","key":"k","value":9}]""", "s is a set, not a map")]
    [InlineData("""[{"name":"m","type":"set","action":"add","value":9}]""", "m is a map, not a set")]
    [InlineData("""[{"name":"s","type":"set","action":"update","value":9}]""", "unknown action 'update' for set s")]
    [InlineData("""[{"name":"m","action":"sub","key":"k","value":9}]""", "unknown action 'sub' for map m")]
    [InlineData("""[{"name":"m","action":"update","key":"k"}]""", "a value is missing for m[k]")]
    [InlineData("""[{"name":"m","action":"update","value":1}]""", "'key' is missing")]
    [InlineData("""[{"name":"m","type":"list","action":"add","key":"x","value":1}]""", "unknown metadata type")]
    [InlineData("""[7]""", "an operation is not an object")]
    [InlineData("""{"name":"m"}""", "metadata is not an array")]
    public void What_contradicts_changes_nothing_at_all(string operations, string problem)
    {
        var store = new MetadataStore("linux");
        Apply(store, """[{"name":"m","action":"add","key":"k","value":1},{"name":"s","type":"set","action":"add","value":1}]""");
        var before = store.State;
        var first = """{"name":"m","action":"add","key":"new","value":1},""";
        var all = operations.StartsWith("[{", StringComparison.Ordinal) ? $"[{first}{operations[1..]}" : operations;
        Assert.Contains(problem, Assert.Throws<EnforcementException>(() => Apply(store, all)).Message, StringComparison.Ordinal);
        Assert.Same(before, store.State);
    }

    private static void Apply(MetadataStore store, string operations) => store.Apply(RegoValue.FromJson(operations));
}
