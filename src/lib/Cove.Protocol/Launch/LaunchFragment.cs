namespace Cove.Protocol.Launch;

/// <summary>A signed statement beside the policy.</summary>
/// <param name="Name">Where it came from, for a person.</param>
/// <param name="Statement">The COSE_Sign1, standard base64.</param>
/// <param name="MediaType">What it is; empty for a policy fragment.</param>
public sealed record LaunchFragment(string Name, string Statement, string MediaType = "");
