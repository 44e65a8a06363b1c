namespace Cove.Rego.Evaluation;

/// <summary>What a step answers to its block.</summary>
internal enum Status : byte
{
    /// <summary>No (more) solutions on this path.</summary>
    Fail,

    /// <summary>Go on with the next step.</summary>
    Next,

    /// <summary>The search is over.</summary>
    Stop,
}
