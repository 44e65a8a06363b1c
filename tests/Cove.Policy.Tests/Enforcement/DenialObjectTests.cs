using System.Text.Json;
using Cove.Policy.Enforcement;
using Cove.Rego.Values;

namespace Cove.Tests.Enforcement;

public sealed class DenialObjectTests
{
    [Fact]
    public void A_denial_never_holds_the_value_of_a_variable()
    {
        var process = Guests.Request.Process;
        foreach (var environment in new IReadOnlyList<string>[] { [.. process.Environment, "EXTRA=another-s3cr3t"], ["PATH=/bin", "MODE=fast", "TOKEN=another-s3cr3t"] })
        {
            var denial = Guests.Denied(Guests.Mounted().CreateContainer(Guests.Request with { Process = process with { Environment = environment, WorkingDirectory = "/no" } }));
            var told = $"{DenialObject.Extract(denial.Message)} {string.Join(' ', denial.Findings)} {string.Join(' ', denial.Errors)} {denial.PolicyError}";
            Assert.DoesNotContain("s3cr3t", told, StringComparison.Ordinal);
            Assert.Contains("TOKEN=<<redacted>>", told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Even_with_the_candidates_in_it_and_nothing_cut()
    {
        var reason = RegoValue.FromJson("""{"errors":["x"],"error_objects":[{"env_rules":[{"pattern":"A=s3cr3t","strategy":"string"},{"name":"B","value":"s3cr3t","value_strategy":"string"},{"pattern":"C=.+","strategy":"re2"}]}]}""");
        var text = DenialObject.Extract(DenialObject.ForReason("create_container", (RegoObject)RegoValue.FromJson("""{"envList":["A=s3cr3t","B"]}"""), reason, maxBytes: 0))!;
        Assert.DoesNotContain("s3cr3t", text, StringComparison.Ordinal);
        Assert.Contains("C=.+", text, StringComparison.Ordinal);
        Assert.Contains("\"rule\":\"create_container\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_is_never_longer_than_the_limit_and_says_what_was_cut()
    {
        var huge = Guests.Request with { Process = Guests.Request.Process with { Environment = [.. Enumerable.Range(0, 400).Select(i => $"VARIABLE_{i}=x")] } };
        var denial = Guests.Denied(Guests.Mounted().CreateContainer(huge));
        Assert.True(denial.Message.Length <= DenialObject.MaxBytes, $"{denial.Message.Length}");
        using var json = JsonDocument.Parse(DenialObject.Extract(denial.Message)!);
        Assert.Equal("deny", json.RootElement.GetProperty("decision").GetString());
        Assert.Equal("input", json.RootElement.GetProperty("truncated").EnumerateArray().Select(part => part.GetString()).First(part => part == "input"));
    }

    [Theory]
    [InlineData(0, new string[0])]
    [InlineData(900, new[] { "reason.error_objects" })]
    [InlineData(500, new[] { "reason.error_objects", "input" })]
    [InlineData(150, new[] { "reason.error_objects", "input", "reason" })]
    public void What_is_cut_comes_in_a_fixed_order(int maxBytes, string[] truncated)
    {
        var input = RegoObject.Of(("a", RegoValue.Of(new string('i', 300))));
        var reason = RegoObject.Of(("errors", RegoArray.Of(RegoValue.Of(new string('e', 100)))), ("error_objects", RegoArray.Of(RegoValue.Of(new string('o', 300)))));
        using var json = JsonDocument.Parse(DenialObject.Extract(DenialObject.ForReason("p", input, reason, maxBytes))!);
        Assert.Equal(truncated, json.RootElement.TryGetProperty("truncated", out var cut) ? cut.EnumerateArray().Select(part => part.GetString()!) : []);
    }

    [Fact]
    public void Well_known_capability_sets_are_told_by_name()
    {
        var denial = Guests.Denied(Guests.Mounted().CreateContainer(Guests.Request with { Privileged = true }));
        Assert.Contains("\"capabilities\":\"[unprivileged]\"", DenialObject.Extract(denial.Message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no object here", null)]
    [InlineData("container creation denied due to policy: policyDecision< e30= >policyDecision: tail", "{}")]
    [InlineData("policyDecision< ??? >policyDecision", null)]
    public void Finds_the_object_in_somebody_elses_message(string message, string? expected) => Assert.Equal(expected, DenialObject.Extract(message));
}
