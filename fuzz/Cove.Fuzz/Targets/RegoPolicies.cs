using System.Text;
using Cove.Rego;

namespace Cove.Fuzz.Targets;

/// <summary>Rego policies: everything that the compiler does with a module, up to a policy or errors.</summary>
internal sealed class RegoPolicies : ITarget
{
    public string Name => "rego-policy";

    public IEnumerable<string> Words => RegoSamples.Words;

    public IEnumerable<byte[]> Seeds(SeedFiles files) => RegoSamples.Modules.Select(Encoding.UTF8.GetBytes);

    public void Run(byte[] input)
    {
        try
        {
            new RegoCompiler(new RegoCompilerOptions { Strict = true, Print = true }).AddModule("m.rego", input).Compile();
        }
        catch (RegoCompileException)
        {
            // Refused with its errors: an answer.
        }
    }
}
