import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;

/** Compares every use of another class in one class with the level that is sure there. */
final class ClassCheck {

    private final ApiLevels all;
    private final ClassNode node;
    private int line;

    ClassCheck(ApiLevels all, ClassNode node) {
        this.all = all;
        this.node = node;
    }

    void run() {
        int level = all.levelOf(node);
        List<String> parents = new ArrayList<>(node.interfaces);
        parents.add(node.superName);
        for (String parent : parents) {
            require(parent, null, level);
        }
        for (MethodNode method : node.methods) {
            check(method);
        }
    }

    private void check(MethodNode method) {
        int[] sure = Guards.levels(method, all.levelOf(node, method));
        line = 0;
        for (TryCatchBlockNode block : method.tryCatchBlocks) {
            if (block.type != null) {
                require(block.type, null, all.levelOf(node, method));
            }
        }
        for (int i = 0; i < sure.length; i++) {
            AbstractInsnNode step = method.instructions.get(i);
            if (step instanceof LineNumberNode) {
                line = ((LineNumberNode) step).line;
            } else if (sure[i] != Guards.UNREACHABLE) {
                check(step, sure[i]);
            }
        }
    }

    private void check(AbstractInsnNode step, int sure) {
        if (step instanceof MethodInsnNode) {
            MethodInsnNode call = (MethodInsnNode) step;
            require(call.owner, call.name + call.desc, sure);
        } else if (step instanceof FieldInsnNode) {
            FieldInsnNode field = (FieldInsnNode) step;
            require(field.owner, field.name + "#" + field.desc, sure);
        } else if (step instanceof TypeInsnNode) {
            String type = ((TypeInsnNode) step).desc;
            all.made.merge(type, sure, Math::min);
            require(type, null, sure);
        } else if (step instanceof MultiANewArrayInsnNode) {
            require(((MultiANewArrayInsnNode) step).desc, null, sure);
        } else if (step instanceof LdcInsnNode && ((LdcInsnNode) step).cst instanceof Type) {
            require(((Type) ((LdcInsnNode) step).cst).getInternalName(), null, sure);
        } else if (step instanceof InvokeDynamicInsnNode) {
            report("lambdas and method references are not checked");
        }
    }

    /** Demands that a class or member is there on every phone that comes here. */
    private void require(String owner, String member, int sure) {
        if (owner.startsWith("[")) {
            Type element = Type.getType(owner).getElementType();
            if (element.getSort() == Type.OBJECT) {
                require(element.getInternalName(), null, sure);
            }
        } else if (all.classes.containsKey(owner)) {
            requireOwn(all.classes.get(owner), owner, member, sure);
        } else {
            judge(all.signatures.levelOf(owner, member), owner, member, sure);
        }
    }

    private void requireOwn(ClassNode other, String owner, String member, int sure) {
        boolean insideOne = owner.equals(node.name) || other.outerClass != null;
        int level = insideOne ? all.oldest : all.levelOf(other);
        for (MethodNode method : other.methods) {
            if ((method.name + method.desc).equals(member)) {
                judge(insideOne ? own(other, method) : all.levelOf(other, method), owner, member,
                        sure);
                return;
            }
        }
        judge(level, owner, null, sure);
        // A member of the framework that the class inherits.
        if (member != null && !hasField(other, member) && other.superName != null) {
            require(other.superName, member, sure);
        }
    }

    private int own(ClassNode other, MethodNode method) {
        int level = all.levelOf(other, method);
        return level > all.levelOf(other) ? level : all.oldest;
    }

    private static boolean hasField(ClassNode other, String member) {
        return other.fields.stream()
                .anyMatch(field -> (field.name + "#" + field.desc).equals(member));
    }

    private void judge(int needed, String owner, String member, int sure) {
        String what = owner.replace('/', '.') + (member == null ? "" : "." + member);
        if (needed == Signatures.UNKNOWN) {
            report(what + " is not public, or newer than every known level");
        } else if (needed > sure) {
            report(what + " needs level " + needed + " at least, and only " + sure + " is sure");
        }
    }

    private void report(String text) {
        all.findings.add(node.name.replace('/', '.') + ":" + line + ": " + text);
    }
}
