using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>Compiled modules, asked for the value of one rule at a time.</summary>
internal sealed class PolicyProgram
{
    // Requests come from the host, which may want the guest to be busy for ever.
    private static readonly EvaluationOptions Options = new()
    {
        Limits = new RegoLimits { MaxSteps = 200_000_000, MaxAllocatedBytes = 1L << 30, MaxDuration = TimeSpan.FromSeconds(10) },
    };

    private readonly CompiledPolicy compiled;

    private PolicyProgram(CompiledPolicy compiled) => this.compiled = compiled;

    /// <summary>Compiles modules together with the framework's deciding ones as they were compiled before; null where they do not go together.</summary>
    internal static PolicyProgram? Link(IEnumerable<(string Name, string Text)> modules)
    {
        var compiler = new RegoCompiler().Link(FrameworkModules.Compiled);
        foreach (var (name, text) in modules) compiler.AddModule(name, text);
        try
        {
            return new PolicyProgram(compiler.Compile());
        }
        catch (RegoCompileException)
        {
            return null; // compiled from the texts instead, which accepts it or says in full what is wrong
        }
    }

    /// <exception cref="EnforcementException">A module is not Rego, or they do not fit together.</exception>
    internal static PolicyProgram Compile(IEnumerable<(string Name, string Text)> modules)
    {
        var compiler = new RegoCompiler();
        foreach (var (name, text) in modules) compiler.AddModule(name, text);
        try
        {
            return new PolicyProgram(compiler.Compile());
        }
        catch (RegoCompileException e)
        {
            throw new EnforcementException($"rego compilation failed: {e.Message}", e);
        }
    }

    /// <summary>How far each definition of a rule gets.</summary>
    /// <exception cref="EnforcementException">The evaluation failed.</exception>
    internal RegoExplanation Explain(string path, RegoObject input, RegoObject data)
    {
        try
        {
            return compiled.Explain(path, input, data, Options);
        }
        catch (RegoEvaluationException e)
        {
            throw new EnforcementException(e.Message, e);
        }
    }

    /// <summary>The value of a rule such as <c>data.policy.reason</c>; null where it is undefined.</summary>
    /// <exception cref="EnforcementException">The evaluation failed.</exception>
    internal RegoValue? Evaluate(string path, RegoObject input, RegoObject data)
    {
        try
        {
            return compiled.Evaluate(path, input, data, Options).Value;
        }
        catch (RegoEvaluationException e)
        {
            throw new EnforcementException(e.Message, e);
        }
    }
}
