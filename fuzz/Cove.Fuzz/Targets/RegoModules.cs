using System.Text;
using Cove.Rego;

namespace Cove.Fuzz.Targets;

/// <summary>Rego modules: read, laid out, and read again, which must give the same module.</summary>
internal sealed class RegoModules : ITarget
{
    public string Name => "rego-module";

    public IEnumerable<string> Words => RegoSamples.Words;

    public IEnumerable<byte[]> Seeds(SeedFiles files) => RegoSamples.Modules.Select(Encoding.UTF8.GetBytes);

    public void Run(byte[] input)
    {
        try
        {
            var module = RegoModule.Parse("m.rego", input);
            var options = new AstOptions(Comments: false);
            var again = RegoModule.Parse("m.rego", module.Format());
            if (module.ToAst(options)["package"] != again.ToAst(options)["package"]) throw new InvalidOperationException("another package after formatting");
        }
        catch (RegoCompileException)
        {
            // Refused with its errors: an answer.
        }
    }
}
