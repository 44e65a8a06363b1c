namespace Cove.Fuzz;

/// <summary>One parser under test. A new one is a class in <c>Targets/</c> and a line in <see cref="TargetList"/>.</summary>
internal interface ITarget
{
    /// <summary>What <c>fuzz/run</c> calls it, kebab case.</summary>
    string Name { get; }

    /// <summary>Genuine inputs to start from, small ones best.</summary>
    IEnumerable<byte[]> Seeds(SeedFiles files);

    /// <summary>
    /// Gives the input to the parser, and what comes out of it to whatever an attacker reaches with it. Only
    /// <see cref="Outcomes.MalformedException"/> may come out; a verdict, of either kind, is an answer.
    /// </summary>
    void Run(byte[] input);

    /// <summary>Words of the format, for the fuzzer to put together; none for a binary one.</summary>
    IEnumerable<string> Words => [];
}
