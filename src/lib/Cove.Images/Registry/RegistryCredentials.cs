namespace Cove.Images.Registry;

/// <summary>Who asks a registry. The password is zeroed when disposed.</summary>
/// <param name="user">The user.</param>
/// <param name="password">The password or token, UTF-8; this object owns it.</param>
public sealed class RegistryCredentials(string user, byte[] password) : IDisposable
{
    /// <summary>The header value of basic authentication (RFC 7617). Made when needed, kept by nobody.</summary>
    internal string Basic()
    {
        byte[] pair = [.. System.Text.Encoding.UTF8.GetBytes(user), (byte)':', .. password];
        try
        {
            return "Basic " + Convert.ToBase64String(pair);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(pair);
        }
    }

    /// <summary>Zeroes the password.</summary>
    public void Dispose() => System.Security.Cryptography.CryptographicOperations.ZeroMemory(password);

    /// <summary>The user, without the password.</summary>
    public override string ToString() => user;
}
