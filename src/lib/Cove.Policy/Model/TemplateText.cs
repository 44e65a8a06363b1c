namespace Cove.Policy.Model;

/// <summary>A text of a template that may have come from a secure parameter. It prints itself only when it did not.</summary>
/// <param name="Value">The text.</param>
/// <param name="IsSecret">Whether it, or a part of it, was given as a secure value.</param>
public readonly record struct TemplateText(string Value, bool IsSecret = false)
{
    /// <summary>The text, or a mark in place of a secret one.</summary>
    public override string ToString() => IsSecret ? "<secret>" : Value;
}
