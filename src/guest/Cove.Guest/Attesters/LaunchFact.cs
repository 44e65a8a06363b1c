using System.Text;
using Cove.Outcomes;

namespace Cove.Guest.Attesters;

/// <summary>
/// What the launch decided about a group's processor, told to its containers in a file of their security context. A group that was launched
/// on a simulated processor has that one and no other, whatever devices of the host its containers can see. In a hardware guest nobody writes
/// the file: the agent that would is measured, and a host that made it write would get evidence that no default verifier accepts.
/// </summary>
public static class LaunchFact
{
    /// <summary>The file's name in the security-context folder.</summary>
    public const string FileName = "attester";

    /// <summary>The one value: the group has a simulated processor.</summary>
    public const string Simulated = "simulated";

    private const int Limit = 64;

    /// <summary>Whether the launch gave the group a simulated processor; false where it said nothing, and hardware is to be looked for.</summary>
    /// <param name="securityContext">The security-context folder; it need not exist.</param>
    /// <exception cref="MalformedException">The file says something that is not known: guessing would choose another processor than the launch did.</exception>
    /// <exception cref="UnavailableException">The file is there and cannot be read.</exception>
    public static bool IsSimulated(string securityContext)
    {
        var path = Path.Combine(securityContext, FileName);
        try
        {
            var said = Encoding.ASCII.GetString(PseudoFiles.Kernel.Read(path, Limit)).TrimEnd('\n');
            return said == Simulated ? true : throw new MalformedException("launch fact", path, $"says \"{said}\", expected \"{Simulated}\"");
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException(path, e.Message, e);
        }
    }
}
