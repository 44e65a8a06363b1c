using Cove.Outcomes;

namespace Cove.Fuzz;

/// <summary>Runs a target on inputs and holds it to the three outcomes and to <see cref="Limits"/>.</summary>
internal sealed class Execution(ITarget target)
{
    /// <summary>Runs one input.</summary>
    /// <returns>What it cost.</returns>
    /// <exception cref="InvalidOperationException">It broke a rule: an exception of another type is the inner exception, or it cost too much.</exception>
    public Cost Run(ReadOnlySpan<byte> input)
    {
        var cost = Measure(input);
        // Compiling counts as well and happens once; a costly input is costly twice.
        if (cost.IsOverLimits) cost = Measure(input);
        return cost.IsOverLimits ? throw new InvalidOperationException($"{target.Name}: an input of {input.Length} bytes took {cost}") : cost;
    }

    private Cost Measure(ReadOnlySpan<byte> input)
    {
        // A copy of exactly its length, so that nothing can read past the end unnoticed.
        var copy = input.ToArray();
        var (time, allocated) = (ThreadTime.Now, GC.GetAllocatedBytesForCurrentThread());
        try
        {
            target.Run(copy);
        }
        catch (MalformedException malformed) when (malformed is { Field.Length: > 0, Format.Length: > 0, Offset: null or >= 0 })
        {
            // The answer that malformed input is to have.
        }
#pragma warning disable CA1031 // Every other exception is the finding.
        catch (Exception unexpected)
        {
            throw new InvalidOperationException($"{target.Name}: an input of {input.Length} bytes brought {unexpected.GetType().Name}: {unexpected.Message}", unexpected);
        }
#pragma warning restore CA1031

        return new(ThreadTime.Now - time, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }
}
