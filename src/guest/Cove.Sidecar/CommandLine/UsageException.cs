namespace Cove.Sidecar.CommandLine;

/// <summary>A command line that means nothing. The process shows the usage and ends with 2.</summary>
internal sealed class UsageException(string problem) : Exception(problem);
