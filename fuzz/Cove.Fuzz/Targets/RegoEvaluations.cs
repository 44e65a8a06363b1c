using System.Text;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Fuzz.Targets;

/// <summary>Rego policies as a stranger would write them, evaluated under limits: a value, undefined, or an evaluation error.</summary>
internal sealed class RegoEvaluations : ITarget
{
    private static readonly RegoValue Request = RegoValue.FromJson("""{"a":[1,2.5,"x",null,true],"o":{"k":{"v":[[]]}},"s":"text","n":12345678901234567890}""");

    private static readonly EvaluationOptions Options = new()
    {
        Limits = new RegoLimits { MaxSteps = 300_000, MaxAllocatedBytes = 16L << 20, MaxDuration = TimeSpan.FromMilliseconds(400), MaxBuiltinElements = 50_000 },
    };

    public string Name => "rego-evaluation";

    public IEnumerable<string> Words => RegoSamples.Words;

    public IEnumerable<byte[]> Seeds(SeedFiles files) => RegoSamples.Modules.Select(Encoding.UTF8.GetBytes);

    public void Run(byte[] input)
    {
        try
        {
            new RegoCompiler().AddModule("m.rego", input).Compile().Evaluate("data", Request, RegoObject.Empty, Options);
        }
        catch (RegoCompileException)
        {
            // Refused with its errors: an answer.
        }
        catch (RegoEvaluationException)
        {
            // A conflict or a limit: an answer too.
        }
    }
}
