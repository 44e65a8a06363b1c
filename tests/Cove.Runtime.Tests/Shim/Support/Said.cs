namespace Cove.Tests.Runtime.Shim.Support;

/// <summary>What a program said.</summary>
internal sealed record Said(int Code, string Out, string Error);
