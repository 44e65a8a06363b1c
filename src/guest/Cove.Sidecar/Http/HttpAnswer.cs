using System.Text;

namespace Cove.Sidecar.Http;

/// <summary>A whole answer within its limit.</summary>
internal sealed record HttpAnswer(int Status, string Reason, byte[] Body)
{
    /// <summary>Whether the reference takes the status for success: 200 to 207.</summary>
    public bool IsSuccess => Status is >= 200 and <= 207;

    /// <summary>The body of a successful answer.</summary>
    /// <exception cref="SkrFailureException">Another status; the message quotes the body, which says why.</exception>
    public byte[] Successful() => IsSuccess
        ? Body
        : throw new SkrFailureException($"{Encoding.UTF8.GetString(Body)}: http response status equal to {Status} {Reason}");
}
