namespace Cove.Rego.Templates;

/// <summary>A template that is malformed, or whose actions fail; stays inside the library.</summary>
internal sealed class TemplateException(string message) : Exception(message);
