using System.Text;
using System.Text.Json;
using Cove.Attestation.Maa.JmesPath;
using Cove.Attestation.Maa.Policies;

namespace Cove.Fuzz.Targets;

/// <summary>JMESPath queries over a document.</summary>
internal sealed class JmesQueries : ITarget
{
    private readonly JsonDocument document = JsonDocument.Parse("""{"a":{"b":[{"c":1,"d":"x"},{"c":2},{"c":null}],"e":[[1,2],[3]]},"PCRs":[{"Index":0,"Digests":{"SHA1":"AQ"}}]}""");

    public string Name => "jmespath";

    public IEnumerable<string> Words => ["length(", "equals_ignore_case(", "sort_by(", "max_by(", "map(", "join(", "reverse(", "keys(", "merge(", "to_string(", "[?", "`[]`", "@", "|", "||", "&&", "[*]", "[]", "[::-1]", "&c", "==", "'x'"];

    public IEnumerable<byte[]> Seeds(SeedFiles files) => new[]
    {
        "a.b[?c==`1`].d | [0]", "a.e[][-1]", "PCRs[*].Digests.{s: SHA1, t: @}", "length(a.b) == `3` && !z", "sort_by(a.b[:2], &c)[::-1]", "a.b[?equals_ignore_case(d, 'X')]", "\"a\".*.b",
    }.Select(Encoding.UTF8.GetBytes);

    public void Run(byte[] input)
    {
        try
        {
            JmesQuery.Parse(Encoding.UTF8.GetString(input)).Search(document.RootElement);
        }
        catch (PolicyEvaluationException)
        {
            // The finding that a policy with such a query gets.
        }
    }
}
