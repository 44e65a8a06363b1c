namespace Cove.Protocol.Messages;

/// <summary>Hands the guest a signed statement (container-policy §2.6). Any number, at any time after the policy.</summary>
/// <param name="Statement">The COSE_Sign1, standard base64 with padding.</param>
/// <param name="MediaType">What it is; empty for a policy fragment.</param>
public sealed record LoadFragmentRequest(string Statement, string MediaType = "");
