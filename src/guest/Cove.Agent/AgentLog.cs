namespace Cove.Agent;

/// <summary>The agent's own log, on standard error: silent until the policy allows <c>runtime_logging</c>. Never holds what hosts or containers sent.</summary>
internal sealed class AgentLog(TextWriter output, TimeProvider time)
{
    private volatile bool allowed;

    public void Allow() => allowed = true;

    public void Write(string line)
    {
        if (allowed) output.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {line}");
    }
}
