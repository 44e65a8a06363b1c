namespace Cove.Cli.Host;

/// <summary>One thing that the host has or lacks.</summary>
/// <param name="Name">What, e.g. <c>runc</c>.</param>
/// <param name="Present">Whether it is there and works.</param>
/// <param name="Found">What was found.</param>
/// <param name="Needed">Whether `cove run` cannot do without it.</param>
/// <param name="Why">What it is for.</param>
/// <param name="Fix">The exact command that supplies it, where there is one.</param>
internal sealed record HostCheck(string Name, bool Present, string Found, bool Needed, string Why, string? Fix);
