namespace Cove.Rego.Certificates;

/// <summary>A certificate, request or key that cannot be read; stays inside the library.</summary>
internal sealed class X509Exception : Exception
{
    public X509Exception(string message)
        : base(message)
    {
    }

    public X509Exception(string message, Exception inner)
        : base(message, inner)
    {
    }
}
