namespace Cove.Rego;

/// <summary>When in the making of a policy an error was found.</summary>
public enum RegoErrorStage
{
    /// <summary>A module's text.</summary>
    Parse,

    /// <summary>The modules as a whole.</summary>
    Compile,

    /// <summary>A query's text.</summary>
    QueryParse,

    /// <summary>A query against the modules.</summary>
    QueryCompile,
}

/// <summary>One error of a module or query.</summary>
/// <param name="Stage">When it was found.</param>
/// <param name="Code">OPA's code, for instance <c>rego_unsafe_var_error</c>.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="File">The module's name; empty for a query.</param>
/// <param name="Row">The row from 1.</param>
/// <param name="Column">The column from 1 in code points; 0 at the end of the text.</param>
public sealed record RegoError(RegoErrorStage Stage, string Code, string Message, string File, int Row, int Column)
{
    internal const string ParseCode = "rego_parse_error";
    internal const string CompileCode = "rego_compile_error";
    internal const string TypeCode = "rego_type_error";
    internal const string UnsafeVarCode = "rego_unsafe_var_error";
    internal const string RecursionCode = "rego_recursion_error";

    /// <summary>One line: place, code, message.</summary>
    public override string ToString() => File.Length > 0 ? $"{File}:{Row}: {Code}: {Message}" : $"{Row}:{Column}: {Code}: {Message}";
}
